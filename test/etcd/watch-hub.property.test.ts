import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Watcher } from '../../sim/etcd/watch/watcher.js';
import { World, type Client } from './watch-world.js';

it('every watcher hears of every change it watches once and in order, unless compaction overtakes it', () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const name = fc.oneof({ weight: 3, arbitrary: key }, { weight: 1, arbitrary: key.map((one) => `-${one}`) });
  // etcd lets no transaction write one key twice.
  const writes = fc.uniqueArray(name, {
    ...{ minLength: 1, maxLength: 3, selector: (one: string) => one.replace('-', '') },
  });
  const watched = fc.record({
    key,
    end: fc.constantFrom(undefined, '', 'c'),
    back: fc.integer({ min: -2, max: 4 }),
    filters: fc.constantFrom<readonly ('put' | 'delete')[]>([], [], ['put'], ['delete']),
  });
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ write: writes }) },
    { weight: 3, arbitrary: fc.record({ watch: watched }) },
    { weight: 4, arbitrary: fc.record({ toggle: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ cancel: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ compactBack: fc.nat(3) }) },
    { weight: 4, arbitrary: fc.record({ advance: fc.constantFrom(1, 10, 50, 100) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const world = new World();
      const all: { client: Client; watcher: Watcher; firstRevision: number }[] = [];
      for (const one of steps) {
        if ('write' in one) world.write(...one.write);
        else if ('advance' in one) world.host.advance(one.advance);
        else if ('compactBack' in one) world.store.compact(world.store.revision - one.compactBack);
        else if ('toggle' in one) {
          const client = all[one.toggle]?.client;
          if (client !== undefined) client.isFull = !client.isFull;
        } else if ('cancel' in one) {
          const watcher = all[one.cancel]?.watcher;
          if (watcher !== undefined) world.hub.cancel(watcher);
        } else {
          const { back, ...range } = one.watch;
          const startRevision = back < 0 ? 0 : Math.max(1, world.store.revision + 1 - back);
          const firstRevision = startRevision === 0 ? world.store.revision + 1 : startRevision;
          all.push({ ...world.watch(range.key, { ...range, startRevision }), firstRevision });
        }
      }
      for (const { client } of all) client.isFull = false;
      world.host.advance(1000);
      expect(world.host.timers).toBe(0);
      for (const { client, watcher, firstRevision } of all) {
        const { key, end, filters } = watcher.range;
        const wanted = world.log.filter((change) => {
          if (change.modRevision < firstRevision || filters.includes(change.isDelete ? 'delete' : 'put'))
            return false;
          return end === undefined
            ? change.key === key
            : change.key >= key && (end === '' || change.key < end);
        });
        const heard = client.told.flatMap(({ changes }) => changes);
        if (watcher.state === 'synced') expect(heard.length).toBe(wanted.length);
        else expect(['cancelled', 'compacted']).toContain(watcher.state);
        const isToldOfEnd = (client.told.at(-1)?.compactRevision ?? 0) > 0;
        if (watcher.state !== 'cancelled') expect(isToldOfEnd).toBe(watcher.state === 'compacted');
        expect(heard).toEqual(wanted.slice(0, heard.length));
      }
    }),
    { numRuns: 200 },
  );
});
