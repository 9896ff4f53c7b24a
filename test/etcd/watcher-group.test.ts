/** Watchers by what they watch. */
import { expect, it } from 'vitest';
import { Watcher } from '../../sim/etcd/watch/watcher.js';
import { WatcherGroup } from '../../sim/etcd/watch/watcher-group.js';

let sequence = 0;
const watcherOf = (key: string, end?: string) =>
  new Watcher({ key, end, startRevision: 0, filters: [] }, sequence++, () => true);

it('finds everyone who watches a key, in order of creation, until they go', () => {
  const group = new WatcherGroup();
  const all = [watcherOf('a', 'c'), watcherOf('b'), watcherOf('b'), watcherOf('a', 'c'), watcherOf('c')];
  const [range, key, sameKey, sameRange, other] = all as [Watcher, Watcher, Watcher, Watcher, Watcher];
  for (const watcher of [...all].reverse()) group.add(watcher);
  expect(group.watching('b')).toEqual([range, key, sameKey, sameRange]);
  group.delete(key);
  group.delete(range);
  expect(group.watching('b')).toEqual([sameKey, sameRange]);
  group.delete(sameKey);
  group.delete(sameRange);
  expect([group.watching('b'), group.watching('c')]).toEqual([[], [other]]);
  group.add(range);
  expect(group.watching('b')).toEqual([range]);
});

it('does not mind who is not there', () => {
  const group = new WatcherGroup();
  const watcher = watcherOf('a');
  group.delete(watcher);
  group.add(watcher);
  group.delete(watcherOf('a'));
  expect(group.watching('a')).toEqual([watcher]);
});
