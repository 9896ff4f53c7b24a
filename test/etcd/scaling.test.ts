/** What the store does per operation, counted: how often it looks at a change of some key. */
import { expect, test } from 'vitest';
import { Change } from '../../sim/etcd/store/change.js';
import { Store, type LeaseBook } from '../../sim/etcd/store/store.js';

const noLeases: LeaseBook = { attach: () => undefined, detach: () => undefined };
const REVISIONS = 100_000;
const KEYS = 1000;

let looks = 0;

/** A change that counts who looks at its revision. */
function counting(change: Change): Change {
  return new Proxy(change, {
    get(target, property) {
      if (property === 'modRevision') looks++;
      return Reflect.get(target, property) as unknown;
    },
  });
}

const keyOf = (index: number): string => `key${String(index).padStart(6, '0')}`;

function filledStore(): Store {
  const store = new Store(noLeases);
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
  expect(looksOf(() => store.range(keyOf(7), undefined))).toBeLessThanOrEqual(1);
  expect(looksOf(() => store.range(keyOf(7), undefined, halfway))).toBeLessThanOrEqual(12);
  const ten = looksOf(() => store.range(keyOf(10), keyOf(20), halfway));
  expect(ten).toBeLessThanOrEqual(10 * 12);
  const newest = looksOf(() => store.changesSince(keyOf(0), '', REVISIONS - 10, 1000));
  expect(newest).toBeLessThanOrEqual(17 + 3 * 12);
  const oldOfOneKey = looksOf(() => store.changesSince(keyOf(7), undefined, 2, 1000));
  expect(oldOfOneKey).toBeLessThanOrEqual(8 + 3 * (REVISIONS / KEYS));
  const firstBatch = looksOf(() => store.changesSince(keyOf(0), '', 2, 100));
  expect(firstBatch).toBeLessThanOrEqual(17 + 3 * 101);
});

test('a compaction looks at every key, not at every revision, and leaves what is newest', () => {
  const store = filledStore();
  expect(looksOf(() => store.compact(REVISIONS))).toBeLessThanOrEqual(KEYS * 12 + 100);
  expect(store.range(keyOf(0), '').kind).toBe('ok');
  expect(looksOf(() => store.range(keyOf(7), undefined))).toBeLessThanOrEqual(1);
});
