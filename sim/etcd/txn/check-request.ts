/** What etcd refuses before it looks at its data: requests that are wrong in themselves. */
import { ERRORS } from '../errors.js';
import { failed, type Failure } from '../result.js';
import type { VersionRules } from '../version.js';
import {
  SORT_ORDER,
  SORT_TARGET,
  type DeleteRangeRequest,
  type PutRequest,
  type RangeRequest,
  type RequestOp,
  type TxnRequest,
} from '../wire/kv.js';
import { writesTwice } from './check-intervals.js';

/** Operations or comparisons a transaction may have (etcd's `--max-txn-ops`). */
const MAX_TXN_OPS = 128;

const EMPTY_KEY = failed(ERRORS.emptyKey);
const INVALID_SORT_OPTION = failed(ERRORS.invalidSortOption);

export function checkRange(request: RangeRequest, rules: VersionRules): Failure | undefined {
  if (request.key === '') return EMPTY_KEY;
  if (!rules.refusesUnknownSorts) return undefined;
  const { sortOrder, sortTarget } = request;
  if (sortOrder < SORT_ORDER.none || sortOrder > SORT_ORDER.descend) return INVALID_SORT_OPTION;
  if (sortTarget < SORT_TARGET.key || sortTarget > SORT_TARGET.value) return INVALID_SORT_OPTION;
  return undefined;
}

export function checkPut(request: PutRequest): Failure | undefined {
  if (request.key === '') return EMPTY_KEY;
  if (request.ignoreValue && request.value !== '') return failed(ERRORS.valueProvided);
  if (request.ignoreLease && request.lease !== 0n) return failed(ERRORS.leaseProvided);
  return undefined;
}

export function checkDeleteRange(request: DeleteRangeRequest): Failure | undefined {
  return request.key === '' ? EMPTY_KEY : undefined;
}

export function checkTxn(request: TxnRequest, rules: VersionRules): Failure | undefined {
  const refusal = checkOperations(request, MAX_TXN_OPS, rules);
  if (refusal !== undefined) return refusal;
  return writesTwice(request.success) || writesTwice(request.failure)
    ? failed(ERRORS.duplicateKey)
    : undefined;
}

/** Each level of nesting has what the levels above leave of the limit. */
function checkOperations(
  request: TxnRequest,
  operationsMax: number,
  rules: VersionRules,
): Failure | undefined {
  const { compare, success, failure } = request;
  const operations = Math.max(compare.length, success.length, failure.length);
  if (operations > operationsMax) return failed(ERRORS.tooManyOps);
  if (compare.some(({ key }) => key === '')) return EMPTY_KEY;
  for (const operation of [...success, ...failure]) {
    const refusal = checkOperation(operation, operationsMax - operations, rules);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function checkOperation(
  operation: RequestOp,
  operationsMax: number,
  rules: VersionRules,
): Failure | undefined {
  const { requestRange, requestPut, requestDeleteRange, requestTxn } = operation;
  if (requestRange !== undefined) return checkRange(requestRange, rules);
  if (requestPut !== undefined) return checkPut(requestPut);
  if (requestDeleteRange !== undefined) return checkDeleteRange(requestDeleteRange);
  if (requestTxn !== undefined) return checkOperations(requestTxn, operationsMax, rules);
  return failed(ERRORS.keyNotFound);
}
