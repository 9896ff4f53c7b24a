/**
 * Carries out a transaction: first every comparison, then a check that every operation of the branch can succeed,
 * then the operations in order. Invariant: it fails before its first write or not at all.
 */
import { ERRORS } from '../errors.js';
import { failed, ok, type Failure, type Result } from '../result.js';
import { Operations } from '../store/operations.js';
import type { WriteTransaction } from '../store/write-transaction.js';
import type { Store } from '../store/store.js';
import type { VersionRules } from '../version.js';
import { bareHeader } from '../wire/header.js';
import type { PutRequest, RangeRequest, ResponseOp, TxnRequest, TxnResponse } from '../wire/kv.js';
import { choosePath, type Path } from './compare.js';
import { executeRange, type ReadView } from './range.js';
import { executeDeleteRange, executePut } from './write.js';

/** What a transaction needs to know to check itself. */
export interface TxnChecks {
  readonly rules: VersionRules;
  leaseExists(lease: bigint): boolean;
}

/** True where no branch can write; a nested transaction counts as a write, as in etcd. */
export function isReadOnly({ success, failure }: TxnRequest): boolean {
  return [success, failure].every((branch) =>
    branch.every((operation) => operation.requestRange !== undefined),
  );
}

/** True where every operation is a serializable range; so also where there is none. */
export function isSerializable({ success, failure }: TxnRequest): boolean {
  return [success, failure].every((branch) =>
    branch.every((operation) => operation.requestRange?.serializable === true),
  );
}

/** Carries out a request that may write inside a transaction that has not written yet; does not end it. */
export function executeTxn(
  transaction: WriteTransaction,
  store: Store,
  request: TxnRequest,
  checks: TxnChecks,
): Result<TxnResponse> {
  const path = choosePath(transaction, request);
  const refusal = checkAll(path, { store, transaction, checks });
  if (refusal !== undefined) return refusal;
  transaction.endReads();
  const response = execute(path, transaction, checks.rules);
  return ok({ ...response, header: bareHeader(transaction.revision) });
}

/** Carries out a transaction that only reads, for someone to whom `newestRevision` is the newest. */
export function executeReadOnlyTxn(
  store: Store,
  request: TxnRequest,
  { rules }: TxnChecks,
  newestRevision: number,
): Result<TxnResponse> {
  const counted = new Operations();
  const view: ReadView = {
    range(key, end, options) {
      counted.ranges++;
      return store.range(key, end, options, newestRevision);
    },
  };
  const { succeeded, operations } = choosePath(view, request);
  const ranges = operations.flatMap(({ requestRange = [] }) => requestRange);
  let refusal: Failure | undefined;
  for (const range of ranges) refusal ??= checkRange(range, store, newestRevision);
  const response = refusal ?? ok(ranges.map((range) => rangeResponse(view, range, rules)));
  counted.addTo(store.counts);
  if (response.kind === 'failed') return response;
  return ok({ header: bareHeader(newestRevision), succeeded, responses: response.value });
}

type Kind = 'reads' | 'writes';

/** What a transaction is checked against, before it writes. */
interface Before {
  readonly store: Store;
  readonly transaction: WriteTransaction;
  readonly checks: TxnChecks;
}

function checkAll(path: Path, before: Before): Failure | undefined {
  if (!before.checks.rules.txnChecksWritesFirst) return check(path, before, ['reads', 'writes']);
  return check(path, before, ['writes']) ?? check(path, before, ['reads']);
}

function check(path: Path, before: Before, kinds: readonly Kind[]): Failure | undefined {
  for (const [index, { requestRange, requestPut }] of path.operations.entries()) {
    const nested = path.nested[index];
    let refusal: Failure | undefined;
    if (nested !== undefined) refusal = check(nested, before, kinds);
    else if (requestRange !== undefined && kinds.includes('reads')) {
      refusal = checkRange(requestRange, before.store, before.store.revision);
    } else if (requestPut !== undefined && kinds.includes('writes')) {
      refusal = checkPut(requestPut, before);
    }
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Unlike a range of its own, one in a transaction may not ask for a negative revision below the compaction. */
function checkRange({ revision }: RangeRequest, store: Store, newestRevision: number): Failure | undefined {
  if (revision === 0) return undefined;
  if (revision > newestRevision) return failed(ERRORS.futureRevision);
  return revision < store.compactRevision ? failed(ERRORS.compacted) : undefined;
}

function checkPut(
  { key, ignoreValue, ignoreLease, lease, prevKv }: PutRequest,
  { transaction, checks }: Before,
): Failure | undefined {
  const { txnChecksLeaseFirst, metrics } = checks.rules;
  const lacksLease = lease !== 0n && !checks.leaseExists(lease);
  if (lacksLease && txnChecksLeaseFirst) return failed(ERRORS.leaseNotFound);
  const needsKey = ignoreValue || ignoreLease;
  if (needsKey || (prevKv && metrics.txnLooksTwice)) transaction.countRange();
  if (needsKey && transaction.get(key) === undefined) return failed(ERRORS.keyNotFound);
  return lacksLease ? failed(ERRORS.leaseNotFound) : undefined;
}

/** The header of a nested transaction stays empty, as in etcd. */
function execute(path: Path, transaction: WriteTransaction, rules: VersionRules): TxnResponse {
  return {
    header: bareHeader(0),
    succeeded: path.succeeded,
    responses: path.operations.map((operation, index) => {
      const { requestRange, requestPut, requestDeleteRange } = operation;
      const nested = path.nested[index];
      if (requestRange !== undefined) return rangeResponse(transaction, requestRange, rules);
      if (nested !== undefined) return { ...EMPTY, responseTxn: execute(nested, transaction, rules) };
      if (requestPut !== undefined)
        return { ...EMPTY, responsePut: must(executePut(transaction, requestPut)) };
      const responseDeleteRange = requestDeleteRange && executeDeleteRange(transaction, requestDeleteRange);
      return { ...EMPTY, responseDeleteRange };
    }),
  };
}

function rangeResponse(view: ReadView, request: RangeRequest, rules: VersionRules): ResponseOp {
  return { ...EMPTY, responseRange: must(executeRange(view, request, rules)) };
}

const EMPTY: ResponseOp = {
  responseRange: undefined,
  responsePut: undefined,
  responseDeleteRange: undefined,
  responseTxn: undefined,
};

function must<T>(result: Result<T>): T {
  if (result.kind === 'ok') return result.value;
  throw new Error(`a transaction failed after it was checked: ${result.error.text}`);
}
