/**
 * Carries out a range request: filters, sorts and cuts what the store gives, in etcd's order of doing so. Invariant:
 * `count` is the number of keys in the range, before filters and limit.
 */
import type { Change } from '../store/change.js';
import type { RangeEnd, RangeOptions, RangeResult } from '../store/store.js';
import { ok, type Result } from '../result.js';
import { goSort } from '../go-sort.js';
import type { ByteString } from '../byte-string.js';
import type { VersionRules } from '../version.js';
import { bareHeader } from '../wire/header.js';
import {
  rangeEndOf,
  SORT_ORDER,
  SORT_TARGET,
  type KeyValue,
  type RangeRequest,
  type RangeResponse,
} from '../wire/kv.js';

/** What can be read: the store at some revision, or a transaction with its own writes. */
export interface ReadView {
  range(key: ByteString, end: RangeEnd, options?: RangeOptions): Result<RangeResult>;
}

/** Whether one comes before another. */
type Order = (left: Change, right: Change) => boolean;

/** Answers a range request. The header carries the revision alone. */
export function executeRange(
  view: ReadView,
  request: RangeRequest,
  rules: VersionRules,
): Result<RangeResponse> {
  const filtered =
    request.minModRevision !== 0 ||
    request.maxModRevision !== 0 ||
    request.minCreateRevision !== 0 ||
    request.maxCreateRevision !== 0;
  const readAll = request.sortOrder !== SORT_ORDER.none || filtered;
  const found = view.range(request.key, rangeEndOf(request.rangeEnd), {
    revision: request.revision,
    // One more tells whether there are more.
    limit: readAll || request.limit <= 0 ? 0 : request.limit + 1,
    countOnly: request.countOnly,
  });
  if (found.kind === 'failed') return found;
  let kvs = found.value.kvs;
  if (filtered) kvs = kvs.filter((kv) => passes(kv, request));
  const order = orderOf(request);
  if (order !== undefined) {
    const sorted = kvs.slice();
    goSort(sorted, order);
    kvs = sorted;
  }
  const more = request.limit > 0 && kvs.length > request.limit;
  if (more) kvs = kvs.slice(0, request.limit);
  const omitsLease = rules.keysOnlyOmitsLease && request.sortTarget !== SORT_TARGET.value;
  return ok({
    header: bareHeader(found.value.revision),
    kvs: request.keysOnly ? kvs.map((kv) => keyOnly(kv, omitsLease)) : kvs,
    more,
    count: found.value.count,
  });
}

function passes(kv: KeyValue, request: RangeRequest): boolean {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
  return (
    (maxModRevision === 0 || kv.modRevision <= maxModRevision) &&
    kv.modRevision >= minModRevision &&
    (maxCreateRevision === 0 || kv.createRevision <= maxCreateRevision) &&
    kv.createRevision >= minCreateRevision
  );
}

/** How to sort; undefined where the store's own order will do. */
function orderOf({ sortOrder, sortTarget }: RangeRequest): Order | undefined {
  // An order that does not exist sorts nothing, if it is not refused.
  if (sortOrder < SORT_ORDER.none || sortOrder > SORT_ORDER.descend) return undefined;
  // A target other than the key means ascending; note that the limit has cut before, as in etcd.
  if (sortOrder !== SORT_ORDER.descend && sortTarget === SORT_TARGET.key) return undefined;
  const ascending = ascendingBy(sortTarget);
  return sortOrder === SORT_ORDER.descend ? (left, right) => ascending(right, left) : ascending;
}

function ascendingBy(target: number): Order {
  switch (target) {
    case SORT_TARGET.version:
      return (left, right) => left.version < right.version;
    case SORT_TARGET.create:
      return (left, right) => left.createRevision < right.createRevision;
    case SORT_TARGET.mod:
      return (left, right) => left.modRevision < right.modRevision;
    case SORT_TARGET.value:
      return (left, right) => left.value < right.value;
    default:
      return (left, right) => left.key < right.key;
  }
}

function keyOnly(kv: KeyValue, omitsLease: boolean): KeyValue {
  const { key, createRevision, modRevision, version } = kv;
  const lease = omitsLease ? 0n : kv.lease;
  return { key, createRevision, modRevision, version, value: '', lease };
}
