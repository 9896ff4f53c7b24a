/**
 * What becomes of a transaction on its way through etcd's log, where it is encoded anew: an empty range end that was
 * on the wire is lost, so that the range is the key alone. Reads that skip the log keep it.
 */
import type { VersionRules } from '../version.js';
import type { Compare, DeleteRangeRequest, RangeRequest, RequestOp, TxnRequest } from '../wire/kv.js';

export function throughLog(request: TxnRequest): TxnRequest {
  return {
    compare: request.compare.map(withoutEmptyEnd),
    success: request.success.map(operationThroughLog),
    failure: request.failure.map(operationThroughLog),
  };
}

/** A range of its own, as the version reads an empty range end that was on the wire. */
export function withRangeEnd(request: RangeRequest, rules: VersionRules): RangeRequest {
  return rules.emptyRangeEndIsKeyAlone ? withoutEmptyEnd(request) : request;
}

function operationThroughLog(operation: RequestOp): RequestOp {
  const { requestRange, requestDeleteRange, requestTxn } = operation;
  if (requestRange !== undefined) return { ...operation, requestRange: withoutEmptyEnd(requestRange) };
  if (requestDeleteRange !== undefined) {
    return { ...operation, requestDeleteRange: withoutEmptyEnd(requestDeleteRange) };
  }
  return requestTxn === undefined ? operation : { ...operation, requestTxn: throughLog(requestTxn) };
}

export function withoutEmptyEnd<T extends RangeRequest | DeleteRangeRequest | Compare>(request: T): T {
  return request.rangeEnd === '' ? { ...request, rangeEnd: undefined } : request;
}
