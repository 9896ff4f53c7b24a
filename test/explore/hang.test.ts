/** A stuck run keeps its cause when it is shrunk: the part that it waits for is not removed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../sim/plan/plan.js';
import { signaturesOf, waitCauseOf } from '../../sim/run/signature.js';
import { shrink } from '../../sim/explore/shrink/shrink.js';
import type { Problem, RunResult } from '../../sim/run/run-result.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { buildRun } from '../report/fixture.js';
import { runOne, runSeeds } from './run-seeds.js';

const { signal } = new AbortController();

/** The watcher does not watch again after a compaction ends its watch. */
const configWatch: Scenario = {
  name: 'config-watch',
  description: 'A node watches a key until it has its last value.',
  options: {},
  checks: () => [],
  summarize: () => [],
  nodes: () =>
    fc.constant([
      { name: 'w', operations: [1, 2, 3, 4].map((input) => ({ id: `w-${input}`, name: 'set', input })) },
      { name: 'o', operations: [{ id: 'o-1', name: 'see', input: 4 }] },
    ]),
  async setup({ client, prefix }) {
    await client.put(`${prefix}config`).value(0);
  },
  async run({ client, prefix, perform }, operations) {
    const key = `${prefix}config`;
    for (const operation of operations) {
      if (operation.name === 'set') {
        await perform(operation, async () => {
          await client.put(key).value(Number(operation.input));
          return { output: null };
        });
        await new Promise((resolve) => setTimeout(resolve, 40));
        continue;
      }
      await perform(operation, async () => {
        const first = await client.get(key).number();
        const watcher = await client.watch().key(key).create();
        watcher.on('error', () => undefined);
        await new Promise<void>((resolve) => {
          if (first === operation.input) resolve();
          watcher.on('put', ({ value }) => {
            if (Number(value) === operation.input) resolve();
          });
        });
        return { output: operation.input };
      });
    }
  },
};

describe('a stuck run', () => {
  it('keeps the writer of the missed change, and the fault that broke the watch', async () => {
    const runs = await runSeeds(configWatch, {
      ...{ seeds: 60, faults: { kind: 'only', kinds: ['watch-compacted'] } },
    });
    const failure = runs.find(({ verdict }) => verdict === 'violated');
    if (failure === undefined) throw new Error('expected a seed that loses the wake-up');
    const { smallest } = await shrink({
      ...{ failure, options: {}, canEnd: () => true, maxRuns: 500, signal },
      run: (plan, watch) => runOne(configWatch, plan, watch),
    });
    expect(signaturesOf(smallest)).toEqual(['deadlock']);
    expect(waitCauseOf(smallest)).toBe('lost-unwatched');
    expect(smallest.plan.nodes.map(({ name }) => name)).toEqual(['w', 'o']);
    expect(smallest.plan.faults.map(({ kind }) => kind)).toEqual(['watch-compacted']);
  });

  it('keeps the parts it needs to finish without faults if its calls do not show the cause', async () => {
    const { smallest } = await shrunk((plan) =>
      !has(plan, 'w-1') || plan.faults.length > 0
        ? { kind: 'deadlock', message: 'x', waiting: [] }
        : undefined,
    );
    expect(idsOf(smallest.plan)).toEqual([expect.stringMatching(/^o-/), 'w-1']);
    expect(smallest.plan.faults).toHaveLength(1);
  });

  it('may lose anything if it never finishes, even without faults', async () => {
    const { smallest } = await shrunk(() => ({ kind: 'liveness', message: 'x', waiting: [] }));
    expect(idsOf(smallest.plan)).toHaveLength(1);
    expect(smallest.plan.faults).toEqual([]);
  });

  it('does not turn into one that waits for another cause', async () => {
    const { smallest } = await shrunk((plan) => ({
      ...{ kind: 'deadlock', message: 'x', waiting: [] },
      cause: has(plan, 'w-1') ? 'circle' : 'held-ended',
    }));
    expect(idsOf(smallest.plan)).toEqual(['w-1']);
  });
});

const plan: Plan = {
  scenario: 'config-watch',
  seed: 7,
  options: {},
  etcdVersion: '3.6',
  members: ['m1'],
  nodes: ['o', 'w'].map((name) => ({
    name,
    operations: [1, 2].map((index) => ({ id: `${name}-${index}`, name: 'do', input: null })),
  })),
  faults: [10, 20].map((atMs) => ({ kind: 'partition', node: 'o', member: 'm1', atMs, durationMs: 700 })),
  network: { oneWayDelayMinUs: 500, oneWayDelayMaxUs: 500 },
};

/** Shrinks the plan in a world in which it has the problem that `problemOf` returns. */
async function shrunk(problemOf: (plan: Plan) => Problem | undefined) {
  const run = (candidate: Plan): Promise<RunResult> => {
    const problem = problemOf(candidate);
    const problems = problem === undefined ? [] : [problem];
    const verdict = problem === undefined ? 'satisfied' : 'violated';
    return Promise.resolve({ ...buildRun(), plan: candidate, checks: [], problems, verdict });
  };
  const failure = await run(plan);
  return shrink({ ...{ failure, run, options: {}, canEnd: () => true, maxRuns: 2000, signal } });
}

function has({ nodes }: Plan, id: string): boolean {
  return nodes.some(({ operations }) => operations.some((operation) => operation.id === id));
}

function idsOf({ nodes }: Plan): string[] {
  return nodes.flatMap(({ operations }) => operations.map(({ id }) => id));
}
