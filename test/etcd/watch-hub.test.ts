/** Everyone who watches through one member hears of each change once, in order, however slowly they read. */
import { describe, expect, it } from 'vitest';
import { World } from './watch-world.js';

/** How often those that want history catch up, and how often a batch that was not taken is tried again. */
const SYNC_MS = 100;
const RETRY_MS = 10;

describe('a watcher', () => {
  it('from the next revision on is synced at once', () => {
    const world = new World();
    world.write('a');
    const { client, watcher } = world.watch('a', { startRevision: 3 });
    expect([watcher.state, world.host.timers]).toEqual(['synced', 0]);
    expect(world.watch('a').watcher.minRevision).toBe(3);
    world.write('a');
    expect(client.news()).toEqual(['3: a@3']);
  });

  it('from the newest revision on has to catch up with it', () => {
    const world = new World();
    world.write('a');
    const { client, watcher } = world.watch('a', { startRevision: 2 });
    expect(watcher.state).toBe('unsynced');
    world.host.advance(SYNC_MS);
    expect([client.news(), watcher.state]).toEqual([['2: a@2'], 'synced']);
    expect(world.host.timers).toBe(0);
  });

  it('with nothing to catch up with is synced without a word', () => {
    const world = new World();
    world.write('a');
    const { client, watcher } = world.watch('b', { startRevision: 1 });
    world.host.advance(SYNC_MS);
    expect([client.told, watcher.state]).toEqual([[], 'synced']);
  });

  it('catches up at the next period, counted from when the member began', () => {
    const world = new World();
    world.write('a');
    world.host.advance(130);
    const { client } = world.watch('a', { startRevision: 1 });
    world.host.advance(69);
    expect(client.told).toEqual([]);
    world.host.advance(1);
    expect(client.news()).toEqual(['2: a@2']);
    const other = world.watch('a', { startRevision: 1 });
    world.host.advance(99);
    expect(other.client.told).toEqual([]);
    world.host.advance(1);
    expect(other.client.news()).toEqual(['2: a@2']);
  });

  it('hears nothing more once it is cancelled, and counts as one no longer', () => {
    const world = new World();
    const one = world.watch('a');
    const other = world.watch('a');
    expect(world.hub.watchers).toBe(2);
    world.hub.cancel(one.watcher);
    world.hub.cancel(one.watcher);
    expect(world.hub.watchers).toBe(1);
    world.write('a');
    expect([one.client.news(), other.client.news()]).toEqual([[], ['2: a@2']]);
  });

  it('that is cancelled before it has caught up hears nothing', () => {
    const world = new World();
    world.write('a');
    const { client, watcher } = world.watch('a', { startRevision: 1 });
    world.hub.cancel(watcher);
    world.host.advance(SYNC_MS);
    expect([client.told, world.host.timers]).toEqual([[], 0]);
  });

  it('receives all its changes of one revision at once, without those of others', () => {
    const world = new World();
    const [a, ab] = [world.watch('a'), world.watch('a', { end: 'c' })];
    world.write('b', 'a', 'x', '-b');
    expect(a.client.news()).toEqual(['2: a@2']);
    expect(ab.client.news()).toEqual(['2: b@2 a@2 b@2']);
  });

  it('advances if its filters leave nothing, even with a client that is full', () => {
    const world = new World();
    const { client, watcher } = world.watch('a', { filters: ['put'] });
    client.isFull = true;
    world.write('a');
    expect([watcher.state, watcher.minRevision]).toEqual(['synced', 3]);
    client.isFull = false;
    world.write('-a');
    expect(client.news()).toEqual(['3: a@3']);
    expect(client.told).toEqual([]);
  });
});

describe('watchers receive changes in the order in which they were created', () => {
  it('whether they watch a key, a range or everything', () => {
    const world = new World();
    const order: number[] = [];
    const ranges = [
      { key: 'a', end: 'c' },
      { key: 'b', end: undefined },
      { key: '', end: '' },
      { key: 'b', end: undefined },
      { key: 'a', end: 'c' },
      { key: 'b\0', end: 'c' },
    ];
    for (const [index, { key, end }] of ranges.entries()) {
      world.watch(key, { end }).client.onTold = () => order.push(index);
    }
    world.write('b');
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it('and one that an earlier one cancels is not told', () => {
    for (const keys of [['a'], ['a', 'b']]) {
      const world = new World();
      const first = world.watch('a');
      const second = world.watch('a');
      first.client.onTold = () => world.hub.cancel(second.watcher);
      world.write(...keys);
      expect([first.client.told.length, second.client.told.length]).toEqual([1, 0]);
    }
  });

  it('and one that an earlier one cancels while both catch up is not told', () => {
    const world = new World();
    world.write('a');
    const first = world.watch('a', { startRevision: 1 });
    const second = world.watch('a', { startRevision: 1 });
    first.client.onTold = () => world.hub.cancel(second.watcher);
    world.host.advance(SYNC_MS);
    expect([first.client.told.length, second.client.told.length]).toEqual([1, 0]);
    expect(second.watcher.state).toBe('cancelled');
  });
});

describe('catching up', () => {
  it('takes 512 watchers at a time; the rest follow after a millisecond', () => {
    const world = new World();
    world.write('a');
    const all = Array.from({ length: 1025 }, () => world.watch('a', { startRevision: 1 }).client);
    const told = () => all.filter(({ told }) => told.length > 0).length;
    world.host.advance(SYNC_MS);
    expect(told()).toBe(512);
    world.host.advance(1);
    expect(told()).toBe(1024);
    world.host.advance(1);
    expect(told()).toBe(1025);
    expect(world.host.timers).toBe(0);
  });

  it('of a watcher that has more than a thousand revisions continues in the next period', () => {
    const world = new World();
    for (let count = 0; count < 1001; count++) world.write('a');
    const { client, watcher } = world.watch('a', { startRevision: 1 });
    world.host.advance(SYNC_MS);
    expect([client.told.splice(0)[0]?.changes.length, watcher.state]).toEqual([1000, 'unsynced']);
    world.host.advance(SYNC_MS - 1);
    expect(client.told).toEqual([]);
    world.host.advance(1);
    expect([client.news(), watcher.state]).toEqual([['1002: a@1002'], 'synced']);
  });

  it('with what was compacted ends the watcher, once its client takes that', () => {
    const world = new World();
    for (let count = 0; count < 4; count++) world.write('a');
    const gone = world.watch('a', { startRevision: 3 });
    const kept = world.watch('a', { startRevision: 4 });
    world.store.compact(4);
    gone.client.isFull = true;
    world.host.advance(SYNC_MS);
    expect(gone.watcher.state).toBe('unsynced');
    gone.client.isFull = false;
    world.host.advance(SYNC_MS);
    expect([gone.client.news(), gone.watcher.state]).toEqual([['compacted at 4'], 'compacted']);
    expect(kept.client.news()).toEqual(['5: a@4 a@5']);
    world.write('a');
    world.host.advance(SYNC_MS);
    expect([gone.client.told, world.host.timers]).toEqual([[], 0]);
  });
});

describe('a watcher whose client is slow', () => {
  it('and has missed exactly one revision receives it', () => {
    const world = new World();
    const { client, watcher } = world.watch('a');
    client.isFull = true;
    world.write('a');
    world.write('a');
    expect(watcher.state).toBe('victim');
    client.isFull = false;
    world.host.advance(RETRY_MS);
    expect([client.news(), watcher.state]).toEqual([['2: a@2'], 'unsynced']);
    world.host.advance(SYNC_MS);
    expect([client.news(), watcher.state]).toEqual([['3: a@3'], 'synced']);
    world.write('a');
    expect(client.news()).toEqual(['4: a@4']);
  });

  it('and has missed none is synced again at once', () => {
    const world = new World();
    const { client, watcher } = world.watch('a');
    client.isFull = true;
    world.write('a');
    client.isFull = false;
    world.host.advance(RETRY_MS);
    expect([client.news(), watcher.state]).toEqual([['2: a@2'], 'synced']);
    world.write('a');
    expect(client.news()).toEqual(['3: a@3']);
    expect(world.host.timers).toBe(0);
  });

  it('is tried again every ten milliseconds, each by itself', () => {
    const world = new World();
    const [one, other] = [world.watch('a').client, world.watch('a').client];
    one.isFull = true;
    other.isFull = true;
    world.write('a');
    expect(world.host.timers).toBe(1);
    world.host.advance(RETRY_MS);
    one.isFull = false;
    world.host.advance(RETRY_MS - 1);
    expect(one.told).toEqual([]);
    world.host.advance(1);
    expect([one.news(), other.news()]).toEqual([['2: a@2'], []]);
    other.isFull = false;
    world.host.advance(RETRY_MS);
    expect([one.news(), other.news(), world.host.timers]).toEqual([[], ['2: a@2'], 0]);
  });

  it('may be cancelled by the delivery to another', () => {
    const world = new World();
    const [one, other] = [world.watch('a'), world.watch('a')];
    one.client.isFull = true;
    other.client.isFull = true;
    world.write('a');
    one.client.isFull = false;
    other.client.isFull = false;
    one.client.onTold = () => world.hub.cancel(other.watcher);
    world.host.advance(RETRY_MS);
    expect([one.client.told.length, other.client.told.length, world.host.timers]).toEqual([1, 0, 0]);
  });

  it('keeps history as well, whether there is more of it or not', () => {
    for (const revisions of [1000, 1001]) {
      const world = new World();
      for (let count = 0; count < revisions; count++) world.write('a');
      const { client, watcher } = world.watch('a', { startRevision: 1 });
      client.isFull = true;
      world.host.advance(SYNC_MS);
      expect(watcher.state).toBe('victim');
      world.write('a');
      client.isFull = false;
      world.host.advance(RETRY_MS);
      expect(client.told.splice(0).map(({ changes }) => changes.length)).toEqual([1000]);
      world.host.advance(SYNC_MS);
      expect(client.told.flatMap(({ changes }) => changes.length)).toEqual([revisions - 999]);
      expect(world.host.timers).toBe(0);
    }
  });
});

describe('the member', () => {
  it('knows whether all watchers are synced, and have reached their start', () => {
    const world = new World();
    world.write('a');
    const { hub } = world;
    const future = world.watch('a', { startRevision: 3 }).watcher;
    const present = world.watch('a').watcher;
    expect([hub.areSynced([future, present], false), hub.areSynced([present], true)]).toEqual([true, true]);
    expect(hub.areSynced([present, future], true)).toBe(false);
    world.write('b');
    expect(hub.areSynced([present, future], true)).toBe(true);
    const past = world.watch('a', { startRevision: 1 }).watcher;
    expect([hub.areSynced([present, past], false), hub.areSynced([], true)]).toEqual([false, true]);
  });

  it('may go without anyone having watched', () => {
    const world = new World();
    world.hub.close();
    expect(world.host.timers).toBe(0);
  });

  it('tells nothing more when it is gone, and leaves no timer behind', () => {
    const world = new World();
    world.write('a');
    const past = world.watch('a', { startRevision: 1 }).client;
    const slow = world.watch('b').client;
    slow.isFull = true;
    world.write('b');
    expect(world.host.timers).toBe(2);
    world.hub.close();
    expect(world.host.timers).toBe(0);
    slow.isFull = false;
    world.watch('a', { startRevision: 1 });
    world.host.advance(1000);
    expect([past.told, slow.told, world.host.timers]).toEqual([[], [], 0]);
  });
});
