import { describe, expect, it, vi } from 'vitest';
import { Changes, type AwaitedChange } from '../../src/changes.js';
import type { Backoff } from '../../src/backoff.js';
import { Effort } from '../../src/effort.js';
import { inSimulation, type SimulatedEtcd } from './in-simulation.js';

/** A wait of node n1, and whether it has ended. */
function wait(etcd: SimulatedEtcd, awaited: AwaitedChange, signal?: AbortSignal) {
  const state: { ended: 'no' | 'woken' | 'rejected'; over: Promise<void> } = {
    ended: 'no',
    over: Promise.resolve(),
  };
  state.over = etcd
    .as('n1', () => new Changes(etcd.client('n1'), new Effort({}, signal)).next(awaited))
    .then(
      () => void (state.ended = 'woken'),
      () => void (state.ended = 'rejected'),
    );
  return state;
}

const revisionOf = async (write: Promise<{ header: { revision: string } }>) =>
  Number((await write).header.revision);

describe('a wait', () => {
  it('ends with the first change after the revision, though it came before the wait', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client();
      const afterRevision = await revisionOf(client.put('a').value('1').exec());
      await client.put('a').value('2');
      await wait(etcd, { key: 'a', afterRevision }).over;
    });
  });

  it('keeps waiting while nothing, or something else, changes', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client();
      const afterRevision = await revisionOf(client.put('a').value('1').exec());
      const waiting = wait(etcd, { key: 'a', rangeEnd: 'b', only: 'delete', afterRevision });
      await client.put('b').value('x');
      await client.put('aa').value('x');
      await etcd.passes(5000);
      expect(waiting.ended).toBe('no');
      await client.delete().key('aa');
      await waiting.over;
      expect(waiting.ended).toBe('woken');
    });
  });

  it('stays inside its namespace', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client();
      const over = etcd.as('n1', () =>
        new Changes(etcd.client('n1').namespace('space/'), new Effort({})).next({
          key: 'a',
          afterRevision: 1,
        }),
      );
      await client.put('space/a').value('x');
      await over;
    });
  });

  it('ends where the revision is compacted, since what happened cannot be known any more', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client();
      const revision = await revisionOf(client.put('b').value('1').exec());
      await client.kv.compact({ revision: String(revision) });
      await wait(etcd, { key: 'a', afterRevision: 0 }).over;
    });
  });

  it('ends when its member stops', async () => {
    await inSimulation(async (etcd) => {
      const waiting = wait(etcd, { key: 'a', afterRevision: 1 });
      await etcd.passes(100);
      etcd.cluster.stopMember('m1');
      etcd.network.resetMember('m1');
      await waiting.over;
      expect(waiting.ended).toBe('woken');
    });
  });

  it('ends when its member has lost its leader', async () => {
    await inSimulation(
      async (etcd) => {
        const waiting = wait(etcd, { key: 'a', afterRevision: 1 });
        await etcd.passes(100);
        for (const [left, right] of [
          ['m1', 'm2'],
          ['m1', 'm3'],
          ['m2', 'm3'],
        ] as const) {
          etcd.cluster.disconnectMembers(left, right);
        }
        await waiting.over;
        expect(waiting.ended).toBe('woken');
      },
      { members: 3 },
    );
  });

  it('ends after long silence, though the stream never broke', async () => {
    await inSimulation(async (etcd) => {
      const waiting = wait(etcd, { key: 'a', afterRevision: 1 });
      await etcd.passes(100);
      etcd.network.link('n1', 'm1').addRule(() => ({ kind: 'drop' }));
      await waiting.over;
      expect(waiting.ended).toBe('woken');
      expect(Math.round(etcd.engine.nowUs / 1e6)).toBe(30);
    });
  });

  it('tells the changes that ended it, and none where something else did', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client('n1');
      const changes = new Changes(client, new Effort({}));
      const afterRevision = await revisionOf(client.put('b').value('1').exec());
      await client
        .if('a', 'Version', '==', 0)
        .then(client.put('a').value('2'), client.put('ab').value('3'))
        .commit();
      const events = await etcd.as('n1', () => changes.next({ key: 'a', rangeEnd: 'b', afterRevision }));
      expect(events.map(({ type, kv }) => [type, kv.key.toString(), kv.value.toString()])).toEqual([
        ['Put', 'a', '2'],
        ['Put', 'ab', '3'],
      ]);
      const broken = etcd.as('n1', () => changes.next({ key: 'c', afterRevision: 100 }));
      await etcd.passes(100);
      etcd.cluster.stopMember('m1');
      etcd.network.resetMember('m1');
      expect(await broken).toEqual([]);
    });
  });

  it('sees only puts where it is asked for puts', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client();
      const afterRevision = await revisionOf(client.put('a').value('1').exec());
      const waiting = wait(etcd, { key: 'a', only: 'put', afterRevision });
      await client.delete().key('a');
      await etcd.passes(5000);
      expect(waiting.ended).toBe('no');
      await client.put('a').value('2');
      await waiting.over;
      expect(waiting.ended).toBe('woken');
    });
  });

  it('ends with none, after a pause, where no member can be reached', async () => {
    await inSimulation(async (etcd) => {
      etcd.cluster.stopMember('m1');
      etcd.network.resetMember('m1');
      const changes = new Changes(etcd.client('n1'), new Effort({}));
      expect(await etcd.as('n1', () => changes.next({ key: 'a', afterRevision: 1 }))).toEqual([]);
      expect(etcd.engine.nowUs).toBeGreaterThan(0);
    });
  });

  it('rejects at once where the signal was aborted before, or is while it opens its watch', async () => {
    await inSimulation(async (etcd) => {
      const ended = wait(etcd, { key: 'a', afterRevision: 1 }, AbortSignal.abort(new Error('enough')));
      await ended.over;
      expect(ended.ended).toBe('rejected');
      etcd.network.link('n1', 'm1').addRule(() => ({ kind: 'drop' }));
      const end = new AbortController();
      const opening = wait(etcd, { key: 'a', afterRevision: 1 }, end.signal);
      await etcd.passes(100);
      const abortedUs = etcd.engine.nowUs;
      end.abort(new Error('enough'));
      await opening.over;
      expect([opening.ended, etcd.engine.nowUs]).toEqual(['rejected', abortedUs]);
    });
  });

  it('pauses longer and longer while its watches break, and begins anew after one that did not', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client('n1');
      const revision = await revisionOf(client.put('b').value('1').exec());
      await client.kv.compact({ revision: String(revision) });
      const effort = new Effort({});
      const pauses: number[] = [];
      // A run replaces Math.random itself, so the draw is replaced where it is used.
      vi.spyOn(effort, 'newBackoff').mockReturnValue(halfOfEachBound());
      vi.spyOn(effort, 'pause').mockImplementation((pauseMs) => Promise.resolve(void pauses.push(pauseMs)));
      const changes = new Changes(client, effort);
      const compacted = { key: 'a', afterRevision: 0 };
      for (let round = 0; round < 3; round++) await changes.next(compacted);
      await client.put('a').value('1');
      await changes.next({ key: 'a', afterRevision: revision });
      await changes.next(compacted);
      expect(pauses).toEqual([2.5, 5, 10, 2.5]);
    });
  });

  it('rejects with the signal’s reason, at once', async () => {
    await inSimulation(async (etcd) => {
      const end = new AbortController();
      const waiting = wait(etcd, { key: 'a', afterRevision: 1 }, end.signal);
      await etcd.passes(100);
      const abortedUs = etcd.engine.nowUs;
      end.abort(new Error('enough'));
      await waiting.over;
      expect([waiting.ended, etcd.engine.nowUs]).toEqual(['rejected', abortedUs]);
    });
  });

  it('leaves the connection open: the other work of its client continues', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client('n1');
      await etcd.as('n1', async () => {
        const watcher = await client.watch().key('other').create();
        let disconnections = 0;
        watcher.on('disconnected', () => (disconnections += 1));
        const end = new AbortController();
        const waiting = new Changes(client, new Effort({}, end.signal)).next({ key: 'a', afterRevision: 1 });
        await etcd.passes(100);
        end.abort(new Error('enough'));
        await expect(waiting).rejects.toThrow('enough');
        await etcd.passes(1000);
        expect(disconnections).toBe(0);
        await watcher.cancel();
      });
    });
  });
});

/** A backoff that always draws half of its bound. */
function halfOfEachBound(): Backoff {
  let boundMs = 5;
  const backoff: Pick<Backoff, 'nextMs' | 'reset'> = {
    nextMs() {
      boundMs *= 2;
      return boundMs / 4;
    },
    reset: () => void (boundMs = 5),
  };
  return backoff as Backoff;
}
