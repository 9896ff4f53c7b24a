/** The KV service: checks requests, takes them through the log or to a read, and completes the headers. */
import { ERRORS } from '../errors.js';
import { failed, ok, type Failure, type Result } from '../result.js';
import { checkDeleteRange, checkPut, checkRange, checkTxn } from '../txn/check-request.js';
import { executeRange } from '../txn/range.js';
import { throughLog, withoutEmptyEnd } from '../txn/through-log.js';
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
  TXN_REQUEST,
  TXN_RESPONSE,
  type RangeRequest,
  type RangeResponse,
  type TxnRequest,
  type TxnResponse,
} from '../wire/kv.js';
import type { Entry } from '../state-machine.js';
import { isTooLarge } from './entry-size.js';
import type { MemberServer, Method } from './server.js';
import { unary, type Handler } from './unary.js';

const range: Handler<RangeRequest, RangeResponse> = (server, request, reply) => {
  const refusal = checkRange(request);
  if (refusal !== undefined) return refuse(reply, refusal);
  const read = (): void => {
    const { store } = server.machine;
    const view = {
      range: (...[key, end, options]: Parameters<typeof store.range>) =>
        store.range(key, end, options, server.revision),
    };
    reply(complete(server, executeRange(view, request)));
  };
  return request.serializable ? now(read) : whenConfirmed(server, reply, read);
};

const txn: Handler<TxnRequest, TxnResponse> = (server, request, reply, bytes) => {
  const refusal = checkTxn(request);
  if (refusal !== undefined) return refuse(reply, refusal);
  if (isReadOnly(request)) {
    const read = (): void => {
      const { machine, revision } = server;
      reply(complete(server, executeReadOnlyTxn(machine.store, request, machine, revision)));
    };
    return isSerializable(request) ? now(read) : whenConfirmed(server, reply, read);
  }
  const logged = throughLog(request);
  if (isTooLarge(server, TXN_REQUEST, logged, bytes)) return refuse(reply, TOO_LARGE);
  return write(server, reply, (machine) => machine.txn(logged));
};

/** The KV service's methods by name. */
export const KV_METHODS: Readonly<Record<string, Method>> = {
  Range: unary(RANGE_REQUEST, RANGE_RESPONSE, range),
  Put: unary(PUT_REQUEST, PUT_RESPONSE, (server, request, reply, bytes) => {
    const refusal = checkPut(request);
    if (refusal !== undefined) return refuse(reply, refusal);
    if (isTooLarge(server, PUT_REQUEST, request, bytes)) return refuse(reply, TOO_LARGE);
    return write(server, reply, (machine) => machine.put(request));
  }),
  DeleteRange: unary(DELETE_RANGE_REQUEST, DELETE_RANGE_RESPONSE, (server, request, reply, bytes) => {
    const refusal = checkDeleteRange(request);
    if (refusal !== undefined) return refuse(reply, refusal);
    const logged = withoutEmptyEnd(request);
    if (isTooLarge(server, DELETE_RANGE_REQUEST, logged, bytes)) return refuse(reply, TOO_LARGE);
    return write(server, reply, (machine) => machine.deleteRange(logged));
  }),
  Txn: unary(TXN_REQUEST, TXN_RESPONSE, txn),
  Compact: unary(COMPACTION_REQUEST, COMPACTION_RESPONSE, (server, request, reply) =>
    server.propose(
      (machine) => machine.compact(request),
      (result) => reply(result.kind === 'failed' ? result : ok({ header: server.header(result.value) })),
    ),
  ),
};

const TOO_LARGE = failed(ERRORS.requestTooLarge);

type Reply<T> = (result: Result<T>) => void;

function refuse<T>(reply: Reply<T>, refusal: Failure): undefined {
  reply(refusal);
  return undefined;
}

function now(read: () => void): undefined {
  read();
  return undefined;
}

function whenConfirmed<T>(server: MemberServer, reply: Reply<T>, read: () => void): () => void {
  return server.linearizableRead((confirmed) => {
    if (confirmed.kind === 'failed') reply(confirmed);
    else read();
  });
}

function write<R extends { readonly header: ResponseHeader | undefined }>(
  server: MemberServer,
  reply: Reply<R>,
  entry: Entry<R>,
): () => void {
  return server.propose(entry, (result) => reply(complete(server, result)));
}

function complete<R extends { readonly header: ResponseHeader | undefined }>(
  server: MemberServer,
  result: Result<R>,
): Result<R> {
  if (result.kind === 'failed') return result;
  const response = result.value;
  return ok({ ...response, header: server.header(response.header?.revision) });
}
