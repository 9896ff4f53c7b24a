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
  const { revision: newestRevision } = store;
  const countRange = (): void => transaction.countRange();
  const refusal = checkAll(path, { store, newestRevision, checks, countRange });
  if (refusal !== undefined) return refusal;
  transaction.endReads();
  const response = execute(path, transaction, transaction, checks.rules);
  return ok({ ...response, header: bareHeader(transaction.revision) });
}

/** Carries out a transaction that only reads, for someone to whom `newestRevision` is the newest. */
export function executeReadOnlyTxn(
  store: Store,
  request: TxnRequest,
  checks: TxnChecks,
  newestRevision: number,
): Result<TxnResponse> {
  const operations = new Operations();
  const countRange = (): void => void operations.ranges++;
  const view: ReadView = {
    range(key, end, options) {
      countRange();
      return store.range(key, end, options, newestRevision);
    },
  };
  const path = choosePath(view, request);
  const refusal = checkAll(path, { store, newestRevision, checks, countRange });
  const response = refusal ?? ok(execute(path, view, undefined, checks.rules));
  operations.addTo(store.counts);
  if (response.kind === 'failed') return response;
  return ok({ ...response.value, header: bareHeader(newestRevision) });
}

type Kind = 'reads' | 'writes';

/** What a transaction is checked against, before it writes. */
interface Before {
  readonly store: Store;
  readonly newestRevision: number;
  readonly checks: TxnChecks;
  /** A range was looked at. */
  countRange(): void;
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
      refusal = checkRange(requestRange, before);
    } else if (requestPut !== undefined && kinds.includes('writes')) {
      refusal = checkPut(requestPut, before);
    }
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Unlike a range of its own, one in a transaction may not ask for a negative revision below the compaction. */
function checkRange({ revision }: RangeRequest, { store, newestRevision }: Before): Failure | undefined {
  if (revision === 0) return undefined;
  if (revision > newestRevision) return failed(ERRORS.futureRevision);
  return revision < store.compactRevision ? failed(ERRORS.compacted) : undefined;
}

function checkPut(
  { key, ignoreValue, ignoreLease, lease, prevKv }: PutRequest,
  { store, newestRevision, checks, countRange }: Before,
): Failure | undefined {
  const { txnChecksLeaseFirst, metrics } = checks.rules;
  const lacksLease = lease !== 0n && !checks.leaseExists(lease);
  if (lacksLease && txnChecksLeaseFirst) return failed(ERRORS.leaseNotFound);
  const needsKey = ignoreValue || ignoreLease;
  if (needsKey || (prevKv && metrics.txnLooksTwice)) countRange();
  if (needsKey && store.get(key, newestRevision) === undefined) return failed(ERRORS.keyNotFound);
  return lacksLease ? failed(ERRORS.leaseNotFound) : undefined;
}

/** The header of a nested transaction stays empty, as in etcd. */
function execute(
  path: Path,
  view: ReadView,
  transaction: WriteTransaction | undefined,
  rules: VersionRules,
): TxnResponse {
  return {
    header: bareHeader(0),
    succeeded: path.succeeded,
    responses: path.operations.map((operation, index) => {
      const { requestRange, requestPut, requestDeleteRange } = operation;
      const nested = path.nested[index];
      if (requestRange !== undefined)
        return { ...EMPTY, responseRange: must(executeRange(view, requestRange, rules)) };
      if (nested !== undefined) return { ...EMPTY, responseTxn: execute(nested, view, transaction, rules) };
      if (transaction === undefined) return EMPTY;
      if (requestPut !== undefined)
        return { ...EMPTY, responsePut: must(executePut(transaction, requestPut)) };
      if (requestDeleteRange !== undefined) {
        return { ...EMPTY, responseDeleteRange: executeDeleteRange(transaction, requestDeleteRange) };
      }
      return EMPTY;
    }),
  };
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
