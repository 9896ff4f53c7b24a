/** Things outside of etcd that a lock protects: `sim.resource`. */
import { describe, expect, it } from 'vitest';
import type { Sim } from '../../../sim/harness/tests/sim.js';
import { calmly, checkBody } from './one.js';

describe('a resource', () => {
  /** Two writers under a lease's lock; the first is paused for long once it holds it. */
  async function writers(sim: Sim, fenced: boolean): Promise<void> {
    const record = sim.resource('record', { fenced });
    sim.node('slow', async ({ client, mark, sleep }) => {
      await client.put('k').value(1);
      mark('held');
      await sleep(1000);
      expect(await record.write('slow', 1)).toBe(!fenced);
    });
    sim.node('fast', async ({ when }) => {
      await when('held');
      expect(await record.write('fast', 2)).toBe(true);
    });
    await sim.nodesEnded();
    expect(await record.read()).toBe(fenced ? 'fast' : 'slow');
  }

  it('that accepts an older token is a failure', async () => {
    const { failures } = await checkBody((sim) => writers(sim, false));
    expect(failures[0]?.result.checks).toMatchObject([{ check: 'fencing of record', verdict: 'violated' }]);
  });

  it('that is fenced refuses an older token', () => calmly((sim) => writers(sim, true)));

  it('applies a write that was sent before its writer crashed', async () => {
    await calmly(async (sim) => {
      const record = sim.resource('record', { initial: 'none' });
      sim.node('a', async ({ client, mark }) => {
        await client.get('k');
        void record.write('sent', 1).catch(() => undefined);
        // After the connection stands, and before the answer can be back.
        setTimeout(() => mark('sent'), 3);
        await new Promise(() => undefined);
      });
      sim.node('b', ({ client, op }) => op('put', null, () => client.put('k').value(1)));
      await sim.when('sent');
      sim.crash('a');
      await sim.eventually(async () => expect(await record.read()).toBe('sent'), { withinMs: 5000 });
      await sim.nodesEnded();
    });
  });

  it('to which no node writes in one of the seeds is no reason to doubt that seed', async () => {
    const report = await checkBody(
      async (sim) => {
        const record = sim.resource('record');
        sim.node('a', async ({ client, op }) => {
          await op('put', null, () => client.put('k').value(1));
          if (sim.seed !== 2) await record.write('x', 1);
        });
        await sim.nodesEnded();
      },
      { seeds: 4 },
    );
    expect(report.outcome).toBe('satisfied');
    expect(report.totals.ok).toBe(7);
  });

  it('of a mistaken token is refused', async () => {
    const checked = checkBody(async (sim) => {
      const record = sim.resource('record');
      sim.node('a', () => record.write('x', 'y'));
      await sim.nodesEnded();
    });
    await expect(checked).rejects.toThrow('resource record: expected a whole number as its token, got "y"');
  });
});

describe('the story of a failure', () => {
  it('has what an operation did to a resource, and what came of it', async () => {
    const { failures } = await checkBody(
      async (sim) => {
        const record = sim.resource('record', { fenced: true });
        sim.check.exactlyOnce({ operation: 'post', effect: 'posted/' });
        sim.node('a', async ({ client, op }) => {
          await client.put('k').value(1);
          await record.write('new', 2);
          await op('post', 'mine', () => record.write('mine', 1).then(() => 'mine'));
        });
        await sim.nodesEnded();
      },
      { explain: true },
    );
    const told = failures[0]?.smallest.explanation?.past?.map(({ text }) => text) ?? [];
    expect(told).toContainEqual(expect.stringMatching(/^ended ok \{"token":"1","value":"mine"\} -> false\b/));
  });
});
