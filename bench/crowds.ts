/** The cost of the store and its watchers with many unordered keys, or many watched ranges. */
import { WatcherGroup } from '../sim/etcd/watch/watcher-group.js';
import { Watcher } from '../sim/etcd/watch/watcher.js';
import { OrderedMap } from '../sim/etcd/store/ordered-map.js';
import { keyOf, KEYS } from './filled-store.js';
import { measureRatio, type Ratio } from './ratio.js';

const FEW_KEYS = 1_000;
const NEW_KEYS = 1_000;
const FEW_RANGES = 10;
const MANY_RANGES = 10_000;
const CHANGES = 5_000;
const PAIRS = 7;
/** Linear growth would be a hundred or a thousand times as slow; logarithmic growth is not. */
const WANTED = 0.2;
const STRIDE = 61_803;

export async function crowds(): Promise<readonly Ratio[]> {
  return [
    await measureRatio({
      name: 'a new key, in no order: time among 1,000 / among 100,000 keys',
      pairs: PAIRS,
      wanted: WANTED,
      above: () => Promise.resolve(insertMicroseconds(FEW_KEYS)),
      below: () => Promise.resolve(insertMicroseconds(KEYS)),
      detail: microseconds,
    }),
    await measureRatio({
      name: 'who watches a key: time among 10 / among 10,000 different ranges',
      pairs: PAIRS,
      wanted: WANTED,
      above: () => Promise.resolve(lookupMicroseconds(FEW_RANGES)),
      below: () => Promise.resolve(lookupMicroseconds(MANY_RANGES)),
      detail: microseconds,
    }),
  ];
}

function microseconds(above: number, below: number): string {
  return `${above.toFixed(2)} and ${below.toFixed(2)} microseconds (medians)`;
}

function insertMicroseconds(keys: number): number {
  const map = new OrderedMap<number>();
  const total = keys + NEW_KEYS;
  // Every other key of the room, so that the new ones fall in between.
  const names = Array.from({ length: total }, (_, index) => keyOf((index * STRIDE) % (2 * KEYS)));
  for (const name of names.slice(0, keys)) map.add(name, 0);
  const startedMs = performance.now();
  for (const name of names.slice(keys)) map.add(name, 0);
  return ((performance.now() - startedMs) * 1000) / NEW_KEYS;
}

function lookupMicroseconds(ranges: number): number {
  const group = new WatcherGroup();
  for (let index = 0; index < ranges; index++) {
    const key = `${keyOf((index * STRIDE) % ranges)}/`;
    const range = { key, end: `${key}~`, startRevision: 0, filters: [] };
    group.add(new Watcher(range, index, () => true));
  }
  let found = 0;
  const startedMs = performance.now();
  for (let change = 0; change < CHANGES; change++) {
    found += group.watching(`${keyOf((change * STRIDE) % ranges)}/key`).length;
  }
  if (found !== CHANGES) throw new Error(`expected ${CHANGES} watchers, found ${found}`);
  return ((performance.now() - startedMs) * 1000) / CHANGES;
}
