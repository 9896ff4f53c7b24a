/** Nodes that serve and call each other on the real backend: over loopback, without faults of their own. */
import { expect, it } from 'vitest';
import { createRealBackend } from '../../../sim/backend/real.js';
import { describeReal } from '../../real/available.js';
import { checkBody } from './one.js';

describeReal('endpoints on a real etcd', () => {
  it('answer, refuse, and write to a resource as operations of their node', async () => {
    const read: unknown[] = [];
    const report = await checkBody(
      async (sim) => {
        const record = sim.resource('record', { fenced: true });
        sim.node(
          'worker',
          async ({ serve, mark }) => {
            await serve('store', (message) => record.write(message, 7));
            await serve('fail', () => Promise.reject(new Error('boom')));
            mark('serving');
          },
          { daemon: true },
        );
        sim.node('a', async ({ call, client, when }) => {
          await client.put('k').value('v');
          await when('serving');
          expect(await call('worker', 'store', 'from a')).toBe(true);
          await expect(call('worker', 'fail')).rejects.toThrow('boom');
          await expect(call('worker', 'nothing')).rejects.toMatchObject({ reason: 'not served' });
        });
        await sim.nodesEnded();
        read.push(await record.read());
      },
      { backend: createRealBackend({ progress: () => undefined }) },
    );
    expect(report.failures.map(({ result }) => result.problems)).toEqual([]);
    expect(report).toMatchObject({ outcome: 'satisfied', doubts: [], totals: { ok: 1 } });
    expect(read.at(-1)).toBe('from a');
  });
});
