/** The KV service: checks requests, sends them through the log or to a read, and completes the headers. */
import type { Asker } from '../auth/auth-store.js';
import { refuseDeleteRange, refuseOtherRevision, refusePut, refuseRange, refuseTxn } from '../auth/permit.js';
import { ERRORS } from '../errors.js';
import { counted } from '../metrics/counted.js';
import { failed, ok, type Failure, type Result } from '../result.js';
import { checkDeleteRange, checkPut, checkRange, checkTxn } from '../txn/check-request.js';
import type { CallMetadata } from '../service.js';
import { costOfPut, costOfTxn } from '../quota/quota.js';
import { executeRange, type ReadView } from '../txn/range.js';
import { checkRangeStream, streamRange } from '../txn/range-stream.js';
import { throughLog, withoutEmptyEnd, withRangeEnd } from '../txn/through-log.js';
import { executeReadOnlyTxn, isReadOnly, isSerializable } from '../txn/txn.js';
import type { ResponseHeader } from '../wire/header.js';
import {
  COMPACTION_REQUEST,
  COMPACTION_RESPONSE,
  DELETE_RANGE_REQUEST,
  DELETE_RANGE_RESPONSE,
  PUT_REQUEST,
  PUT_RESPONSE,
  RANGE_REQUEST,
  RANGE_RESPONSE,
  RANGE_STREAM_RESPONSE,
  TXN_REQUEST,
  TXN_RESPONSE,
  type PutRequest,
  type PutResponse,
  type RangeRequest,
  type RangeResponse,
  type RangeStreamResponse,
  type TxnRequest,
  type TxnResponse,
} from '../wire/kv.js';
import type { Entry } from '../state-machine.js';
import { admit, type GiveUp } from './admit.js';
import { answerStream, type Answerer } from './answer-stream.js';
import { isTooLarge } from './entry-size.js';
import type { MemberServer, Method } from './server.js';
import { unary, type Handler } from './unary.js';
import { withinQuota } from './within-quota.js';

const range: Handler<RangeRequest, RangeResponse> = (server, received, reply, _bytes, metadata) => {
  const request = withRangeEnd(received, server.rules);
  if (server.isLearner && !request.serializable) return refuse(reply, failed(ERRORS.notSupportedForLearner));
  const refusal = checkRange(request, server.rules);
  if (refusal !== undefined) return refuse(reply, refusal);
  const read = (): GiveUp =>
    admit(server, metadata, 'known', reply, (asker) => {
      const denied =
        refuseRange(server.machine, asker, request) ?? refuseOtherRevision(server.machine, asker);
      reply(denied ?? complete(server, lookAt(server, request)));
      return undefined;
    });
  return request.serializable ? read() : whenConfirmed(server, reply, read);
};

const put: Handler<PutRequest, PutResponse> = (server, request, reply, bytes, metadata) => {
  const refusal = checkPut(request);
  if (refusal !== undefined) return refuse(reply, refusal);
  const isLarge: SizeCheck = (asker) => isTooLarge(server, PUT_REQUEST, request, bytes, asker);
  return write(server, reply, isLarge, { metadata, bytes: bytes.length }, (asker) =>
    counted('Put', (machine) => machine.put(request, () => refusePut(machine, asker, request))),
  );
};

const txn: Handler<TxnRequest, TxnResponse> = (server, received, reply, bytes, metadata) => {
  // This comes first, because it limits how deep transactions are nested.
  const refusal = checkTxn(received, server.rules);
  if (refusal !== undefined) return refuse(reply, refusal);
  const request = server.rules.emptyRangeEndIsKeyAlone ? throughLog(received) : received;
  if (isReadOnly(request)) {
    const read = (): GiveUp =>
      admit(server, metadata, 'known', reply, (asker) => {
        const { machine, revision } = server;
        const denied = refuseTxn(machine, asker, request) ?? refuseOtherRevision(machine, asker);
        reply(denied ?? complete(server, executeReadOnlyTxn(machine.store, request, machine, revision)));
        return undefined;
      });
    return isSerializable(request) ? read() : whenConfirmed(server, reply, read);
  }
  const logged = throughLog(request);
  const isLarge: SizeCheck = (asker) => isTooLarge(server, TXN_REQUEST, logged, bytes, asker);
  return write(server, reply, isLarge, { metadata, bytes: bytes.length }, (asker) =>
    counted('Txn', (machine) => machine.txn(logged, () => refuseTxn(machine, asker, logged))),
  );
};

const rangeStream: Answerer<RangeRequest, RangeStreamResponse> = (server, received, answers, metadata) => {
  const request = withRangeEnd(received, server.rules);
  const refusal = checkRange(request, server.rules) ?? checkRangeStream(request);
  const end = (failure: Failure): void => answers.end(failure);
  if (refusal !== undefined) return refuse(end, refusal);
  const read = (): GiveUp =>
    admit(server, metadata, 'known', end, (asker) => {
      const denied = refuseRange(server.machine, asker, request);
      if (denied !== undefined) return refuse(end, denied);
      const streamed = streamRange(
        request,
        (chunk) => lookAt(server, chunk),
        ({ header, ...chunk }) =>
          answers.send({
            rangeResponse: {
              ...chunk,
              header: header && { ...server.header(), revision: header.revision ?? 0 },
            },
          }),
      );
      const refused = refuseOtherRevision(server.machine, asker);
      answers.end(refused ?? (streamed.kind === 'failed' ? streamed : undefined));
      return undefined;
    });
  return request.serializable ? read() : whenConfirmed(server, end, read);
};

/** The KV service's methods by name. */
export const KV_METHODS: Readonly<Record<string, Method>> = {
  RangeStream: answerStream(RANGE_REQUEST, RANGE_STREAM_RESPONSE, rangeStream),
  Range: unary(RANGE_REQUEST, RANGE_RESPONSE, range),
  Put: unary(PUT_REQUEST, PUT_RESPONSE, withinQuota(costOfPut, put)),
  DeleteRange: unary(
    DELETE_RANGE_REQUEST,
    DELETE_RANGE_RESPONSE,
    (server, request, reply, bytes, metadata) => {
      const refusal = checkDeleteRange(request);
      if (refusal !== undefined) return refuse(reply, refusal);
      const logged = withoutEmptyEnd(request);
      const isLarge: SizeCheck = (asker) => isTooLarge(server, DELETE_RANGE_REQUEST, logged, bytes, asker);
      return write(server, reply, isLarge, { metadata, bytes: bytes.length }, (asker) =>
        counted('DeleteRange', (machine) =>
          machine.deleteRange(logged, () => refuseDeleteRange(machine, asker, logged)),
        ),
      );
    },
  ),
  Txn: unary(
    TXN_REQUEST,
    TXN_RESPONSE,
    withinQuota((request, { maintenance }) => costOfTxn(request, maintenance), txn),
  ),
  Compact: unary(COMPACTION_REQUEST, COMPACTION_RESPONSE, (server, request, reply, _bytes, metadata) => {
    const audience = server.rules.auth.guardsAllMethods ? 'admin' : 'known';
    return admit(server, metadata, audience, reply, () =>
      server.propose(
        counted('Compaction', (machine) => machine.compact(request, server.host.nowMs())),
        (result) => reply(result.kind === 'failed' ? result : ok({ header: server.header(result.value) })),
      ),
    );
  }),
};

/** A range from the state that the member has applied. */
function lookAt(server: MemberServer, request: RangeRequest): Result<RangeResponse> {
  const { store, counts } = server.machine;
  const view: ReadView = {
    range: (key, end, options) => store.range(key, end, options, server.revision),
  };
  const result = executeRange(view, request, server.rules);
  counts.ranges++;
  if (result.kind === 'ok') counts.rangesServed++;
  else counts.rangesRefused++;
  return result;
}

type Reply<T> = (result: Result<T>) => void;

function refuse(reply: (refusal: Failure) => void, refusal: Failure): undefined {
  reply(refusal);
  return undefined;
}

function whenConfirmed(
  server: MemberServer,
  reply: (refusal: Failure) => void,
  read: () => GiveUp,
): () => void {
  let giveUp: GiveUp;
  const cancel = server.linearizableRead((confirmed) => {
    if (confirmed.kind === 'failed') reply(confirmed);
    else giveUp = read();
  });
  return () => {
    cancel();
    giveUp?.();
  };
}

/** Whether the request's entry is too large for the log; its header names the caller. */
type SizeCheck = (asker: Asker) => boolean;

function write<R extends { readonly header: ResponseHeader | undefined }>(
  server: MemberServer,
  reply: Reply<R>,
  isLarge: SizeCheck,
  { metadata, bytes }: { readonly metadata: CallMetadata; readonly bytes: number },
  entryOf: (asker: Asker) => Entry<R>,
): GiveUp {
  return admit(server, metadata, 'known', reply, (asker) => {
    if (isLarge(asker)) return refuse(reply, failed(ERRORS.requestTooLarge));
    return server.propose(entryOf(asker), (result) => reply(complete(server, result)), bytes);
  });
}

function complete<R extends { readonly header: ResponseHeader | undefined }>(
  server: MemberServer,
  result: Result<R>,
): Result<R> {
  if (result.kind === 'failed') return result;
  const response = result.value;
  return ok({ ...response, header: server.header(response.header?.revision) });
}
