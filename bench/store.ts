/**
 * The cost of the store with a long history, compared with a short one: the same 100,000 keys after 10,000
 * and after 1,000,000 revisions. A ratio of 1 means that the history does not affect an operation. A binary
 * search in a key's history slows down a little, as in etcd.
 */
import { VERSIONS } from '../sim/etcd/version.js';
import type { Store, RangeEnd } from '../sim/etcd/store/store.js';
import { executeRange } from '../sim/etcd/txn/range.js';
import { RANGE_REQUEST, type RangeRequest } from '../sim/etcd/wire/kv.js';
import { fillStore, KEYS, KEYS_PER_PREFIX, keyOf, put, type FilledStore } from './filled-store.js';
import { measureRatio, type Ratio } from './ratio.js';

const SHORT_REVISIONS = 10_000;
const LONG_REVISIONS = 1_000_000;
const PAIRS = 7;
/** Memory and caches depend on the machine; linear growth would be a hundred times as slow. */
const WANTED = 0.2;
/** The first revision with a single change, like almost all. */
const FIRST_REVISION = KEYS / KEYS_PER_PREFIX + 2;

/** One operation, measured in batches of this size. */
interface Operation {
  readonly name: string;
  readonly times: number;
  run(filled: FilledStore): void;
}

const operations: readonly Operation[] = [
  {
    name: 'a put',
    times: 5_000,
    run: ({ store, draw }) => put(store, keyOf(draw(KEYS))),
  },
  {
    name: 'a prefix of 100 keys, limit 10',
    times: 5_000,
    run: ({ store, draw }) => read(store, { ...prefixOf(draw(KEYS)), limit: 10 }),
  },
  {
    name: 'all 100,000 keys, limit 10',
    times: 2_000,
    run: ({ store }) => read(store, { key: '\0', rangeEnd: '\0', limit: 10 }),
  },
  {
    name: 'a key at an old revision',
    times: 20_000,
    run: (filled) => read(filled.store, { key: keyOf(filled.draw(KEYS)), revision: oldRevision(filled) }),
  },
  {
    name: 'a prefix of 100 keys at an old revision',
    times: 1_000,
    run: (filled) => read(filled.store, { ...prefixOf(filled.draw(KEYS)), revision: oldRevision(filled) }),
  },
  {
    name: 'a watch of one key from an old revision, 5 revisions',
    times: 5_000,
    run: ({ store, draw }) => watch(store, keyOf(draw(KEYS)), undefined, 5),
  },
  {
    name: 'a watch of a prefix of 100 keys from an old revision, 5 revisions',
    times: 500,
    run: ({ store, draw }) => {
      const { key, rangeEnd } = prefixOf(draw(KEYS));
      watch(store, key, rangeEnd, 5);
    },
  },
  {
    name: 'a watch of all keys from an old revision, 1,000 revisions',
    times: 200,
    run: ({ store }) => watch(store, '\0', '', 1_000),
  },
  {
    // Last, because it removes old revisions.
    name: 'a compaction of one revision',
    times: 5,
    run: ({ store }) => void store.compact(Math.max(store.compactRevision, FIRST_REVISION) + 1),
  },
];

export async function storeCost(): Promise<readonly Ratio[]> {
  const [short, long] = [fillStore(SHORT_REVISIONS), fillStore(LONG_REVISIONS)];
  const ratios: Ratio[] = [
    await measureRatio({
      name: 'heap bytes per revision, of the first 100,000 / of 1,000,000',
      pairs: 1,
      wanted: 0.7,
      above: () => Promise.resolve(long.bytesPerEarlyRevision),
      below: () => Promise.resolve(long.bytesPerRevision),
      detail: (early, all) =>
        `${Math.round(early)} and ${Math.round(all)} bytes, values of 16 bytes; ${Math.round(long.bytesPerKey)} bytes a key`,
    }),
  ];
  for (const operation of operations) {
    ratios.push(
      await measureRatio({
        name: `${operation.name}: time after 10,000 / after 1,000,000 revisions`,
        pairs: PAIRS,
        wanted: WANTED,
        above: () => Promise.resolve(microseconds(operation, short)),
        below: () => Promise.resolve(microseconds(operation, long)),
        detail: (above, below) => `${above.toFixed(2)} and ${below.toFixed(2)} microseconds (medians)`,
      }),
    );
  }
  return ratios;
}

function microseconds(operation: Operation, filled: FilledStore): number {
  const startedMs = performance.now();
  for (let time = 0; time < operation.times; time++) operation.run(filled);
  return ((performance.now() - startedMs) * 1000) / operation.times;
}

const ANY_RANGE = RANGE_REQUEST.decode(new Uint8Array());

function read(store: Store, request: Partial<RangeRequest>): void {
  const found = executeRange(store, { ...ANY_RANGE, ...request }, VERSIONS['3.6']);
  if (found.kind === 'failed') throw new Error(found.error.text);
}

function watch(store: Store, key: string, end: RangeEnd, revisionsMax: number): void {
  store.changesSince(key, end, FIRST_REVISION, revisionsMax);
}

function oldRevision({ revisions, draw }: FilledStore): number {
  return FIRST_REVISION + draw(revisions - FIRST_REVISION);
}

function prefixOf(index: number): { readonly key: string; readonly rangeEnd: string } {
  const from = index - (index % KEYS_PER_PREFIX);
  return { key: keyOf(from), rangeEnd: keyOf(from + KEYS_PER_PREFIX) };
}
