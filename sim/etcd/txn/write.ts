/** Carries out puts and deletes inside a transaction. Headers carry the revision alone. */
import { ERRORS } from '../errors.js';
import { failed, ok, type Result } from '../result.js';
import type { WriteTransaction } from '../store/write-transaction.js';
import { bareHeader } from '../wire/header.js';
import {
  rangeEndOf,
  type DeleteRangeRequest,
  type DeleteRangeResponse,
  type PutRequest,
  type PutResponse,
} from '../wire/kv.js';

const KEY_NOT_FOUND = failed(ERRORS.keyNotFound);

/** Puts; the lease must have been checked. */
export function executePut(transaction: WriteTransaction, request: PutRequest): Result<PutResponse> {
  const { key, ignoreValue, ignoreLease } = request;
  const before = transaction.get(key);
  if (ignoreValue || ignoreLease || request.prevKv) transaction.countRange();
  if ((ignoreValue || ignoreLease) && before === undefined) return KEY_NOT_FOUND;
  const value = ignoreValue ? (before?.value ?? '') : request.value;
  const lease = ignoreLease ? (before?.lease ?? 0n) : request.lease;
  transaction.put(key, value, lease);
  return ok({ header: bareHeader(transaction.revision), prevKv: request.prevKv ? before : undefined });
}

export function executeDeleteRange(
  transaction: WriteTransaction,
  request: DeleteRangeRequest,
): DeleteRangeResponse {
  const end = rangeEndOf(request.rangeEnd);
  const found = request.prevKv ? transaction.range(request.key, end) : undefined;
  const deleted = transaction.deleteRange(request.key, end);
  return {
    header: bareHeader(transaction.revision),
    deleted,
    prevKvs: found?.kind === 'ok' ? found.value.kvs : [],
  };
}
