/**
 * Whether a request may be carried out, asked when its entry is applied or its range is read. Each function answers
 * with the refusal, or undefined where there is none. Invariant: nothing is changed by asking, and with
 * authentication off nothing is refused.
 */
import type { ByteString } from '../byte-string.js';
import { ERRORS } from '../errors.js';
import { failed, type Failure } from '../result.js';
import type { StateMachine } from '../state-machine.js';
import type { DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest } from '../wire/kv.js';
import type { Asker } from './auth-store.js';

type Refusal = Failure | undefined;

/**
 * Why what has been read is not answered. etcd wants the token to be of the very revision that users and roles have
 * then, and not of a later one either, as a signed token of another etcd may be; in 3.4 with authentication off, too.
 */
export function refuseOtherRevision({ auth }: StateMachine, { authRevision }: Asker): Refusal {
  return authRevision === 0 || authRevision === auth.revision ? undefined : failed(ERRORS.authOldRevision);
}

export function refuseRange(machine: StateMachine, asker: Asker, request: RangeRequest): Refusal {
  return machine.auth.refuseUnlessPermitted(asker, 'read', request.key, request.rangeEnd);
}

export function refusePut(machine: StateMachine, asker: Asker, request: PutRequest): Refusal {
  const { auth } = machine;
  return (
    auth.refuseUnlessPermitted(asker, 'write', request.key, undefined) ??
    // A user who may not revoke the lease must not attach a key to it either.
    refuseLeaseChange(machine, asker, request.lease) ??
    (request.prevKv ? auth.refuseUnlessPermitted(asker, 'read', request.key, undefined) : undefined)
  );
}

export function refuseDeleteRange(machine: StateMachine, asker: Asker, request: DeleteRangeRequest): Refusal {
  const { auth } = machine;
  const { key, rangeEnd, prevKv } = request;
  return (
    auth.refuseUnlessPermitted(asker, 'write', key, rangeEnd) ??
    (prevKv ? auth.refuseUnlessPermitted(asker, 'read', key, rangeEnd) : undefined)
  );
}

/** Both branches are looked at, whichever is taken. */
export function refuseTxn(machine: StateMachine, asker: Asker, request: TxnRequest): Refusal {
  const { auth } = machine;
  if (!auth.enabled) return undefined;
  for (const { key, rangeEnd } of request.compare) {
    const refusal = auth.refuseUnlessPermitted(asker, 'read', key, rangeEnd);
    if (refusal !== undefined) return refusal;
  }
  for (const operation of [...request.success, ...request.failure]) {
    const refusal = refuseOperation(machine, asker, operation);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function refuseOperation(machine: StateMachine, asker: Asker, operation: RequestOp): Refusal {
  const { auth } = machine;
  const { requestRange, requestPut, requestDeleteRange, requestTxn } = operation;
  if (requestRange !== undefined) return refuseRange(machine, asker, requestRange);
  if (requestPut !== undefined) {
    if (machine.rules.auth.checksAllOfTxn) return refusePut(machine, asker, requestPut);
    return auth.refuseUnlessPermitted(asker, 'write', requestPut.key, undefined);
  }
  if (requestDeleteRange !== undefined) return refuseDeleteRange(machine, asker, requestDeleteRange);
  return requestTxn !== undefined && machine.rules.auth.checksAllOfTxn
    ? refuseTxn(machine, asker, requestTxn)
    : undefined;
}

/** A lease may be revoked, renewed or given another key by who may write all keys that hang on it. */
export function refuseLeaseChange(machine: StateMachine, asker: Asker, lease: bigint): Refusal {
  const { auth } = machine;
  if (auth.refuseUnlessAdmin(asker) === undefined) return undefined;
  return refuseKeys(machine, asker, 'write', machine.lessor.lookup(lease)?.keys ?? []);
}

/** The keys of a lease are shown to who may read them all. */
export function refuseLeaseKeys(machine: StateMachine, asker: Asker, lease: bigint): Refusal {
  const { auth } = machine;
  if (auth.refuseUnlessAdmin(asker) === undefined) return undefined;
  return refuseKeys(machine, asker, 'read', machine.lessor.lookup(lease)?.keys ?? []);
}

function refuseKeys(
  { auth }: StateMachine,
  asker: Asker,
  access: 'read' | 'write',
  keys: Iterable<ByteString>,
): Refusal {
  for (const key of keys) {
    const refusal = auth.refuseUnlessPermitted(asker, access, key, undefined);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
