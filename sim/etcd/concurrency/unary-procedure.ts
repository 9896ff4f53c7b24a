/**
 * Serves a unary method with a procedure that the member runs as a client of itself, until the caller gives
 * up.
 */
import type { Method } from '../rpc/server.js';
import { unary } from '../rpc/unary.js';
import type { Encodable, MessageType } from '../wire/message.js';
import { MemberClient } from './member-client.js';
import { runProcedure, type Procedure } from './procedure.js';

export function unaryProcedure<Q, R>(
  requestType: MessageType<Q>,
  responseType: MessageType<R>,
  procedure: (client: MemberClient, request: Q) => Procedure<Encodable<R>>,
): Method {
  return (call) => {
    const serve = unary(requestType, responseType, (_server, request, reply) =>
      runProcedure(procedure(MemberClient.of(call), request), reply),
    );
    return serve(call);
  };
}
