/** What somebody else does to the etcd of a run, the same on both backends; the run's log has no gap all the same. */
import { expect, it } from 'vitest';
import type { Backend } from '../../sim/backend/backend.js';
import type { Fault } from '../../sim/faults/index.js';
import { DEFAULT_BUDGET, runPlan } from '../../sim/run-plan.js';
import type { RunResult } from '../../sim/run.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { planOf, tinyScenario } from './tiny-scenario.js';

export function describeOperator(backend: () => Backend): void {
  const run = (scenario: Scenario, faults: readonly Fault[]): Promise<RunResult> =>
    runPlan({
      scenario,
      plan: { ...planOf(scenario), faults },
      backend: backend(),
      budget: DEFAULT_BUDGET,
      stacks: false,
      replay: '',
      signal: new AbortController().signal,
    });

  const hitsOf = ({ faults }: RunResult) => faults.map(({ kind, hits }) => [kind, hits > 0]);
  const outcomesOf = ({ operations }: RunResult) => operations.map(({ outcome }) => outcome?.kind);

  it('compacts what was collected, while writers write and readers of old revisions are refused', async () => {
    const writer = tinyScenario(async ({ client, prefix, node, perform }, operation) => {
      await perform(operation, async () => {
        let first = 0;
        for (let round = 0; ; round++) {
          const { header } = await client.put(`${prefix}${node}`).value(round);
          first ||= Number(header.revision);
          try {
            await client.get(`${prefix}${node}`).revision(first).exec();
          } catch {
            return { output: round };
          }
        }
      });
    });
    const result = await run(writer, [
      { kind: 'compaction', atMs: 100, durationMs: 0, keep: 0 },
      { kind: 'compaction', atMs: 500, durationMs: 0, keep: 2 },
      { kind: 'compaction', atMs: 2000, durationMs: 0, keep: 0 },
    ]);
    expect(outcomesOf(result)).toEqual(['ok', 'ok']);
    expect(hitsOf(result)).toContainEqual(['compaction', true]);
    const versions = new Map<string, number>();
    for (const { key, version } of result.log.flatMap(({ events }) => events)) {
      expect(version, key).toBe((versions.get(key) ?? 0) + 1);
      versions.set(key, version);
    }
    for (const { node, outcome } of result.operations) {
      expect(versions.get(node)).toBe(outcome?.kind === 'ok' ? Number(outcome.output) + 1 : 0);
    }
  });

  it('revokes a lease of the run, whose owner hears of it', async () => {
    const owner = tinyScenario(async ({ client, prefix, node, perform }, operation) => {
      await perform(operation, async () => {
        const lease = client.lease(600, { autoKeepAlive: false });
        await lease.put(`${prefix}${node}`).value('held');
        for (;;) {
          const alive = await lease.keepaliveOnce().then(
            () => true,
            () => false,
          );
          if (!alive) return { output: 'told' };
        }
      });
    });
    const result = await run(owner, [
      { kind: 'lease-revoked', atMs: 50, durationMs: 0, index: 0 },
      { kind: 'lease-revoked', atMs: 80, durationMs: 0, index: 5 },
    ]);
    expect(outcomesOf(result)).toEqual(['ok', 'ok']);
    expect(hitsOf(result)).toEqual([
      ['lease-revoked', true],
      ['lease-revoked', true],
    ]);
  });
}
