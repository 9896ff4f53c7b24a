/**
 * What a run may change on an etcd that someone else runs: keys under its prefix, and leases whose ids it
 * knows. Invariant: it refuses unknown requests, unless they change nothing.
 */
import { bytesOf, type ByteString } from '../../etcd/byte-string.js';
import { CODE } from '../../etcd/errors.js';
import type { CallStatus } from '../../etcd/call-status.js';
import { CAMPAIGN_REQUEST, PROCLAIM_REQUEST, RESIGN_REQUEST } from '../../etcd/wire/election.js';
import { DELETE_RANGE_REQUEST, PUT_REQUEST, TXN_REQUEST, type RequestOp } from '../../etcd/wire/kv.js';
import { LOCK_REQUEST, UNLOCK_REQUEST } from '../../etcd/wire/lock.js';
import { MalformedError } from '../../etcd/wire/malformed-error.js';
import { shortMethod } from '../call-contents.js';
import { isWriting } from '../write-call.js';

/** Keys that a request would change: one, or all from it up to an end. */
interface Touched {
  readonly key: ByteString;
  /** Undefined for a single key. */
  readonly rangeEnd?: ByteString | undefined;
}

/** What each method touches. A lease of someone else looks like the run's own: the call holds only its id. */
const TOUCHES: Readonly<Record<string, (bytes: Uint8Array) => readonly Touched[]>> = {
  '/etcdserverpb.KV/Put': (bytes) => [{ key: PUT_REQUEST.decode(bytes).key }],
  '/etcdserverpb.KV/DeleteRange': (bytes) => [DELETE_RANGE_REQUEST.decode(bytes)],
  '/etcdserverpb.KV/Txn': (bytes) => touchedByTxn(TXN_REQUEST.decode(bytes)),
  '/etcdserverpb.Lease/LeaseGrant': () => [],
  '/etcdserverpb.Lease/LeaseRevoke': () => [],
  '/v3lockpb.Lock/Lock': (bytes) => [{ key: LOCK_REQUEST.decode(bytes).name }],
  '/v3lockpb.Lock/Unlock': (bytes) => [UNLOCK_REQUEST.decode(bytes)],
  '/v3electionpb.Election/Campaign': (bytes) => [{ key: CAMPAIGN_REQUEST.decode(bytes).name }],
  '/v3electionpb.Election/Proclaim': (bytes) => leaderOf(PROCLAIM_REQUEST.decode(bytes)),
  '/v3electionpb.Election/Resign': (bytes) => leaderOf(RESIGN_REQUEST.decode(bytes)),
};

/** Returns the status that refuses a message of a call, in one line; undefined if the run may send it. */
export function guardPrefix(prefix: string): (method: string, bytes: Uint8Array) => CallStatus | undefined {
  const start = Buffer.from(prefix).toString('latin1');
  const end = endOf(start);
  const isInside = ({ key, rangeEnd = '' }: Touched): boolean => {
    // etcd refuses a request without a key.
    if (key === '' && rangeEnd === '') return true;
    return key.startsWith(start) && (rangeEnd === '' || (rangeEnd > key && rangeEnd <= end));
  };
  return (method, bytes) => {
    if (!isWriting(method)) return undefined;
    const name = shortMethod(method);
    const touches = TOUCHES[method];
    if (touches === undefined) {
      return refusal(`${name} would change more than the keys under ${prefix}, and the etcd belongs to you`);
    }
    try {
      const outside = touches(bytes).find((touched) => !isInside(touched));
      if (outside === undefined) return undefined;
      return refusal(`${name} of ${textOf(outside)} refused: every key of this run begins with ${prefix}`);
    } catch (error) {
      // etcd refuses it, too.
      if (error instanceof MalformedError) return undefined;
      throw error;
    }
  };
}

function refusal(text: string): CallStatus {
  return { code: CODE.permissionDenied, details: `not sent: ${text}` };
}

function touchedByTxn(request: ReturnType<typeof TXN_REQUEST.decode>): readonly Touched[] {
  return [...request.success, ...request.failure].flatMap(touchedBy);
}

function touchedBy({ requestPut, requestDeleteRange, requestTxn }: RequestOp): readonly Touched[] {
  if (requestPut !== undefined) return [{ key: requestPut.key }];
  if (requestDeleteRange !== undefined) return [requestDeleteRange];
  return requestTxn === undefined ? [] : touchedByTxn(requestTxn);
}

function leaderOf({ leader }: { readonly leader?: { readonly key: ByteString } | undefined }): Touched[] {
  return leader === undefined ? [] : [{ key: leader.key }];
}

function textOf({ key, rangeEnd }: Touched): string {
  const text = JSON.stringify(bytesOf(key).toString('utf8'));
  return rangeEnd === undefined ? text : `all keys from ${text}`;
}

/** The end of the range of all keys with this prefix: the prefix with its last byte one higher. */
function endOf(prefix: ByteString): ByteString {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
