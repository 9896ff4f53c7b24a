/**
 * The lock that etcd's Lock service takes for its callers, including everything it leaves behind. A caller
 * that gives up while it waits deletes its key; one that gives up earlier may not. After the Go client's
 * concurrency.Mutex.
 */
import type { ByteString } from '../byte-string.js';
import { ERRORS } from '../errors.js';
import { failed, ok, type Result } from '../result.js';
import { COMPARE_RESULT, COMPARE_TARGET, type TxnRequest } from '../wire/kv.js';
import type { LockRequest, LockResponse, UnlockRequest, UnlockResponse } from '../wire/lock.js';
import type { Encodable } from '../wire/message.js';
import type { MemberClient } from './member-client.js';
import { perform, type Procedure } from './procedure.js';
import { firstOf, placeOf, sessionLease, waitUntilFirst } from './turn.js';

export function* lock(
  client: MemberClient,
  { name, lease: given }: LockRequest,
): Procedure<Encodable<LockResponse>> {
  const session = yield* sessionLease(client, given);
  if (session.kind === 'failed') return session;
  const lease = session.value;
  const key = placeOf(name, lease);
  const queued = yield* perform(client.txn(queueUp(name, key, lease)));
  if (queued.kind === 'failed') return queued;

  const { header, succeeded, responses } = queued.value;
  const [own, first] = responses.map(({ responseRange }) => responseRange?.kvs[0]);
  const ownRevision = succeeded ? header?.revision : own?.createRevision;
  if (first === undefined || first.createRevision === ownRevision) return ok({ header, key });

  const turn = yield* waitUntilFirst(client, name, (ownRevision ?? 0) - 1);
  if (turn.kind === 'failed') return yield* afterUnlocking(client, key, turn);
  if (!client.server.rules.lockLooksAtItsKey) return ok({ header: turn.value, key });

  const still = yield* perform(client.get({ key }));
  if (still.kind === 'failed') return yield* afterUnlocking(client, key, still);
  if (still.value.kvs.length === 0) return failed(ERRORS.lockSessionExpired);
  return ok({ header: still.value.header, key });
}

/** Deletes the key, even if it is absent or stands for no lock. */
export function* unlock(client: MemberClient, { key }: UnlockRequest): Procedure<Encodable<UnlockResponse>> {
  const deleted = yield* perform(client.delete(key));
  return deleted.kind === 'failed' ? deleted : ok({ header: deleted.value.header });
}

/** Adds the lease's key behind the others, unless it exists, and reads which key is first. */
function queueUp(name: ByteString, key: ByteString, lease: bigint): Encodable<TxnRequest> {
  const first = { requestRange: firstOf(name) };
  return {
    compare: [{ key, target: COMPARE_TARGET.create, result: COMPARE_RESULT.equal, createRevision: 0 }],
    success: [{ requestPut: { key, lease } }, first],
    failure: [{ requestRange: { key } }, first],
  };
}

/** Leaves the queue and returns why; the outcome of leaving is ignored. */
function* afterUnlocking<T>(client: MemberClient, key: ByteString, why: Result<never>): Procedure<T> {
  yield* perform(client.inBackground.delete(key));
  return why;
}
