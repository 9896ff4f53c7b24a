/** The work of the store per operation, counted as accesses to fields of changes. */
import { VERSIONS } from '../../sim/etcd/version.js';
import { expect, test } from 'vitest';
import { Change } from '../../sim/etcd/store/change.js';
import { Store, type LeaseBook } from '../../sim/etcd/store/store.js';

const noLeases: LeaseBook = { attach: () => undefined, detach: () => undefined };
const REVISIONS = 100_000;
const KEYS = 1000;

let looks = 0;

/** A change that counts its accesses. */
function counting(change: Change): Change {
  return new Proxy(change, {
    get(target, property) {
      looks++;
      return Reflect.get(target, property) as unknown;
    },
  });
}

const keyOf = (index: number): string => `key${String(index).padStart(6, '0')}`;

function filledStore(): Store {
  const store = new Store(noLeases, VERSIONS['3.6']);
  for (let revision = 2; revision < REVISIONS + 2; revision++) {
    const index = revision % KEYS;
    const version = Math.floor((revision - 2) / KEYS) + 1;
    const change = counting(new Change(keyOf(index), 2 + index, revision, 0, version, 'value', 0n));
    store.record(change);
    store.commit([change]);
  }
  return store;
}

function looksOf(action: () => void): number {
  looks = 0;
  action();
  return looks;
}

test('the work of an operation does not grow with the history before it', () => {
  const store = filledStore();
  const halfway = { revision: REVISIONS / 2, limit: 0, countOnly: false };
  expect(looksOf(() => store.range(keyOf(7), undefined))).toBeLessThanOrEqual(2);
  expect(looksOf(() => store.range(keyOf(7), undefined, halfway))).toBeLessThanOrEqual(12);
  const ten = looksOf(() => store.range(keyOf(10), keyOf(20), halfway));
  expect(ten).toBeLessThanOrEqual(10 * 12);
  const newest = looksOf(() => store.changesSince(keyOf(0), '', REVISIONS - 10, 1000));
  expect(newest).toBeLessThanOrEqual(17 + 5 * 12);
  const oldOfOneKey = looksOf(() => store.changesSince(keyOf(7), undefined, 2, 1000));
  expect(oldOfOneKey).toBeLessThanOrEqual(8 + 3 * (REVISIONS / KEYS));
  const firstBatch = looksOf(() => store.changesSince(keyOf(0), '', 2, 100));
  expect(firstBatch).toBeLessThanOrEqual(17 + 5 * 101);
});

test('a range with a limit visits only its results, however many keys it counts', () => {
  const store = filledStore();
  const ten = { revision: 0, limit: 10, countOnly: false };
  const found = store.range('\0', '', ten);
  expect(found).toMatchObject({ kind: 'ok', value: { count: KEYS } });
  expect(looksOf(() => store.range('\0', '', ten))).toBeLessThanOrEqual(2 * 10);
  expect(looksOf(() => store.range('\0', '', { ...ten, countOnly: true }))).toBe(0);
});

test('watchers of few keys visit their changes, not all those in between', () => {
  const store = filledStore();
  let batch = store.changesSince(keyOf(10), keyOf(20), 2, 100);
  const first = looksOf(() => store.changesSince(keyOf(10), keyOf(20), 2, 100));
  expect(batch.changes).toHaveLength(100);
  expect(first).toBeLessThanOrEqual(100 * 30);
  // To the end, batch by batch.
  let total = 0;
  let changes = batch.changes.length;
  while (batch.moreRevision !== 0) {
    const from = batch.moreRevision;
    total += looksOf(() => (batch = store.changesSince(keyOf(10), keyOf(20), from, 100)));
    changes += batch.changes.length;
  }
  expect(changes).toBe((10 * REVISIONS) / KEYS);
  expect(total).toBeLessThanOrEqual(changes * 30);
});

test('a compaction visits each revision since the previous one, for its hash, and keeps the newest', () => {
  const store = filledStore();
  expect(looksOf(() => store.compact(REVISIONS - 1))).toBeLessThanOrEqual(REVISIONS * 15);
  expect(looksOf(() => store.compact(REVISIONS))).toBeLessThanOrEqual(KEYS * 60 + 100);
  expect(store.range(keyOf(0), '').kind).toBe('ok');
  expect(looksOf(() => store.range(keyOf(7), undefined))).toBeLessThanOrEqual(2);
});
