/** A watch that breaks and resumes on a real etcd, after its history was compacted. */
import { expect, it } from 'vitest';
import { createRealBackend } from '../../sim/backend/real.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import { planOf, tinyScenario } from '../backend/tiny-scenario.js';
import { describeReal } from './available.js';

describeReal('a compaction before a watch is resumed', () => {
  it.each([{ members: ['m1'] }, { members: ['m1', 'm2', 'm3'] }])(
    'is reported to its watchers ($members)',
    async ({ members }) => {
      const scenario = tinyScenario(async ({ client, prefix, node, perform }, operation) => {
        await perform(operation, async () => {
          if (node === 'n1') {
            const watcher = await client.watch().key(`${prefix}key`).create();
            const message = await new Promise<string>((resolve) => {
              watcher.on('error', (error) => resolve(error.message));
            });
            await client.put(`${prefix}told`).value('');
            return { output: message };
          }
          while (!(await client.get(`${prefix}told`).exists())) await client.put(`${prefix}key`).value('x');
          return { output: 'wrote' };
        });
      });
      const fault = { durationMs: 300, node: 'n1', heldMs: 20, breaks: true } as const;
      // On a busy machine there may be no watch yet at the first attempts.
      const times = [500, 2000, 8000, 30_000, 100_000];
      const result = await runPlan({
        scenario,
        plan: planOf(scenario, {
          members,
          faults: times.map((atMs) => ({ kind: 'watch-compacted', atMs, ...fault })),
        }),
        backend: createRealBackend({ progress: () => undefined }),
        budget: DEFAULT_BUDGET,
        stacks: false,
        replay: '',
        signal: new AbortController().signal,
      });
      expect(result.problems).toEqual([]);
      expect(result.operations.map(({ outcome }) => outcome)).toEqual([
        { kind: 'ok', output: expect.stringContaining('Watcher canceled') as string },
        { kind: 'ok', output: 'wrote' },
      ]);
      expect(result.faults.some(({ hits }) => hits > 0)).toBe(true);
    },
  );
});
