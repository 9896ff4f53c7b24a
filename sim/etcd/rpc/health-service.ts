/**
 * gRPC's health service, as etcd registers it: the server as a whole, with the empty name, serves; its single
 * services are unknown. Its messages use protobuf's own Go code in more versions than etcd's messages do.
 */
import { ERRORS } from '../errors.js';
import { failed, ok } from '../result.js';
import {
  HEALTH_CHECK_REQUEST,
  HEALTH_CHECK_RESPONSE,
  HEALTH_LIST_REQUEST,
  HEALTH_LIST_RESPONSE,
  SERVING_STATUS,
} from '../wire/health.js';
import { answerStream } from './answer-stream.js';
import type { Method } from './server.js';
import { unary } from './unary.js';

const SERVING = { status: SERVING_STATUS.serving };

/** The Health service's methods by name. */
export const HEALTH_METHODS: Readonly<Record<string, Method>> = {
  Check: unary(
    HEALTH_CHECK_REQUEST,
    HEALTH_CHECK_RESPONSE,
    (_server, { service }, reply) => {
      reply(service === '' ? ok(SERVING) : failed(ERRORS.unknownHealthService));
      return undefined;
    },
    ({ healthMessages }) => healthMessages,
  ),
  List: unary(
    HEALTH_LIST_REQUEST,
    HEALTH_LIST_RESPONSE,
    (_server, _request, reply) => {
      reply(ok({ statuses: [{ key: '', value: SERVING }] }));
      return undefined;
    },
    ({ healthMessages }) => healthMessages,
  ),
  // It lasts as long as the client likes, because nothing changes.
  Watch: answerStream(
    HEALTH_CHECK_REQUEST,
    HEALTH_CHECK_RESPONSE,
    (_server, { service }, answers) => {
      answers.send(service === '' ? SERVING : { status: SERVING_STATUS.serviceUnknown });
      return undefined;
    },
    ({ healthMessages }) => healthMessages,
  ),
};
