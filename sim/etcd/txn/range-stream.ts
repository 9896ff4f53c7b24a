/**
 * Cuts the answer to a range request into chunks, as RangeStream of etcd 3.7 does: ten keys first, then twice as many
 * or half as many by how large the chunk before was. Invariant: all chunks are of one revision, and together they are
 * what Range would answer.
 */
import { ERRORS } from '../errors.js';
import { failed, ok, type Failure, type Result } from '../result.js';
import { bareHeader } from '../wire/header.js';
import {
  RANGE_RESPONSE,
  SORT_ORDER,
  SORT_TARGET,
  type RangeRequest,
  type RangeResponse,
} from '../wire/kv.js';
import type { Encodable } from '../wire/message.js';

const FIRST_CHUNK_KEYS = 10;
/** The size that a chunk should have: that of the largest request. */
const CHUNK_BYTES = 1.5 * 1024 * 1024;

/** What a stream cannot do that a range can. */
export function checkRangeStream(request: RangeRequest): Failure | undefined {
  const { sortOrder, sortTarget } = request;
  const isInOrder =
    sortOrder === SORT_ORDER.none || (sortOrder === SORT_ORDER.ascend && sortTarget === SORT_TARGET.key);
  if (!isInOrder) return failed(ERRORS.rangeStreamSorted);
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
  const isFiltered = [minModRevision, maxModRevision, minCreateRevision, maxCreateRevision].some(
    (revision) => revision !== 0,
  );
  return isFiltered ? failed(ERRORS.rangeStreamFiltered) : undefined;
}

/**
 * Sends the chunks; only the last has header, count and `more`.
 *
 * @param execute answers a range request as Range does
 */
export function streamRange(
  request: RangeRequest,
  execute: (request: RangeRequest) => Result<RangeResponse>,
  send: (chunk: Encodable<RangeResponse>) => void,
): Result<undefined> {
  if (request.countOnly) {
    const counted = execute(request);
    if (counted.kind === 'failed') return counted;
    send({ header: counted.value.header, count: counted.value.count });
    return ok(undefined);
  }
  const keysMax = request.limit === 0 ? Infinity : request.limit;
  let chunk: RangeRequest = { ...request, limit: Math.min(FIRST_CHUNK_KEYS, keysMax) };
  let keys = 0;
  let headerRevision = 0;
  for (;;) {
    const found = execute(chunk);
    if (found.kind === 'failed') return found;
    const { kvs, more, header } = found.value;
    if (headerRevision === 0) headerRevision = header?.revision ?? 0;
    const revision = chunk.revision === 0 ? headerRevision : chunk.revision;
    keys += kvs.length;
    const nextKey = `${kvs.at(-1)?.key ?? ''}\0`;
    if (!more || keys === keysMax) {
      let count = keys;
      if (more) {
        const rest = execute({ ...chunk, key: nextKey, revision, limit: 0, countOnly: true });
        if (rest.kind === 'failed') return rest;
        count += rest.value.count;
      }
      send({ kvs, header: bareHeader(headerRevision), more, count });
      return ok(undefined);
    }
    send({ kvs });
    const limit = Math.min(nextLimit(chunk.limit, RANGE_RESPONSE.sizeOf(found.value)), keysMax - keys);
    chunk = { ...chunk, key: nextKey, revision, limit };
  }
}

function nextLimit(limit: number, bytes: number): number {
  if (bytes < CHUNK_BYTES / 2) return limit * 2;
  if (bytes > CHUNK_BYTES * 2) return Math.max(1, Math.trunc(limit / 2));
  return limit;
}
