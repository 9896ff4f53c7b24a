/** The changes of many keys, in order: the long past that a watcher of few keys receives. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Change } from '../../sim/etcd/store/change.js';
import { mergeChanges, type ChangeCursor } from '../../sim/etcd/store/merge-changes.js';
import { Store } from '../../sim/etcd/store/store.js';
import { WriteTransaction } from '../../sim/etcd/store/write-transaction.js';
import { VERSIONS } from '../../sim/etcd/version.js';

const changeOf = (place: number) => new Change('', 0, Math.trunc(place / 3), place % 3, 1, '', 0n);

it('they come in the order of their revisions, and within a revision as they were made', () => {
  // Which of the keys made each change: three changes a revision.
  const owners = fc.array(fc.nat(12), { maxLength: 60, size: 'max' });
  fc.assert(
    fc.property(owners, fc.nat(2), (keys, skipped) => {
      const all = keys.map((_, place) => changeOf(place));
      const cursors: ChangeCursor[] = [];
      for (let key = 12; key >= 0; key--) {
        const changes = all.filter((_, place) => keys[place] === key);
        if (changes.length > skipped) cursors.push({ changes, position: skipped });
      }
      const wanted = cursors.flatMap(({ changes, position }) => changes.slice(position));
      const merged = [...mergeChanges(cursors)].map((change) => all.indexOf(change));
      expect(merged).toEqual(wanted.map((change) => all.indexOf(change)).sort((a, b) => a - b));
    }),
  );
});

/** Writes one revision; keys with a `-` before them are deleted. */
function write(store: Store, ...keys: readonly string[]): void {
  const transaction = new WriteTransaction(store);
  for (const key of keys) {
    if (key.startsWith('-')) transaction.deleteRange(key.slice(1), undefined);
    else transaction.put(key, '', 0n);
  }
  transaction.end();
}

const newStore = (version: '3.4' | '3.6') =>
  new Store({ attach: () => undefined, detach: () => undefined }, VERSIONS[version]);

it('a range of few keys finds all its changes among those of many others', () => {
  const store = newStore('3.6');
  for (let round = 0; round < 5; round++) {
    for (let other = 0; other < 50; other++) write(store, `x${other}`);
    write(store, 'c', 'b', 'a');
    write(store, `-${'abc'[round % 3] ?? ''}`);
  }
  const since = (from: number, revisionsMax: number) => {
    const { changes, moreRevision } = store.changesSince('a', 'd', from, revisionsMax);
    return [changes.map(({ key, modRevision }) => `${key}@${modRevision}`).join(' '), moreRevision];
  };
  expect(since(2, 3)).toEqual(['c@52 b@52 a@52 a@53 c@104 b@104 a@104', 105]);
  expect(since(53, 1)).toEqual(['a@53', 104]);
  expect(since(105, 99)).toEqual([
    'b@105 c@156 b@156 a@156 c@157 c@208 b@208 a@208 a@209 c@260 b@260 a@260 b@261',
    0,
  ]);
});

describe.each([
  ['3.4', []],
  ['3.6', ['a@4', 'b@4']],
] as const)('after a compaction etcd %s', (version, kept) => {
  it('has of the deletes in its very revision: %s', () => {
    const store = newStore(version);
    write(store, 'a', 'b');
    write(store, 'c');
    write(store, '-a', '-b');
    write(store, 'c');
    store.compact(4);
    const of = (key: string, end: string | undefined) =>
      store.changesSince(key, end, 4, 9).changes.map(({ key: one, modRevision }) => `${one}@${modRevision}`);
    expect([of('a', 'c'), of('a', undefined)]).toEqual([kept, kept.slice(0, 1)]);
    expect(of('a', '')).toEqual([...kept, 'c@5']);
    expect(store.range('a', '')).toMatchObject({ value: { count: 1, kvs: [{ key: 'c', version: 2 }] } });
  });
});
