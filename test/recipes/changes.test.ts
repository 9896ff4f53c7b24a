import { describe, expect, it } from 'vitest';
import { Changes, type AwaitedChange } from '../../src/changes.js';
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

  it('goes on while nothing, or something else, changes', async () => {
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

  it('leaves the connection as it was: what else its client has under way goes on', async () => {
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
