/** Shrinking and counting futures with several runs at once: the result is that of one run after the other. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findTurn } from '../../sim/explore/explain/decisive-moment.js';
import { LostRunError } from '../../sim/explore/lost-run.js';
import { shrink, type ShrinkRequest } from '../../sim/explore/shrink/shrink.js';
import type { Plan } from '../../sim/plan/plan.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { buildRun } from '../report/fixture.js';

const plan: Plan = {
  scenario: 'bank',
  seed: 7,
  options: {},
  etcdVersion: '3.6',
  members: ['m1', 'm2', 'm3'],
  nodes: ['a', 'b', 'c'].map((name) => ({
    name,
    operations: [1, 2, 3].map((index) => ({ id: `${name}${index}`, name: 'do', input: null })),
  })),
  faults: [
    { kind: 'partition', node: 'a', member: 'm1', atMs: 10, durationMs: 700 },
    { kind: 'reply-lost', node: 'b', member: 'm1', atMs: 137, durationMs: 95 },
  ],
  network: { oneWayDelayMinUs: 70, oneWayDelayMaxUs: 1200 },
};

function resultOf(candidate: Plan, isViolated: boolean): RunResult {
  const base = { ...buildRun(), plan: candidate, problems: [] };
  const finding = { message: 'x', operations: [], revisions: [] };
  return isViolated
    ? {
        ...{ ...base, verdict: 'violated' },
        checks: [{ check: 'sum', description: 'sum', verdict: 'violated', ...finding }],
      }
    : { ...base, verdict: 'satisfied', checks: [] };
}

/** A world in which a failure may need a certain draw; runs end in an order of their own. */
async function shrunk(fails: (plan: Plan) => boolean, atOnce: number, request: Partial<ShrinkRequest> = {}) {
  let [underWay, most] = [0, 0];
  const run = async (candidate: Plan): Promise<RunResult> => {
    most = Math.max(most, ++underWay);
    for (let turn = JSON.stringify(candidate).length % 5; turn >= 0; turn--) await Promise.resolve();
    underWay--;
    return resultOf(candidate, fails(candidate));
  };
  const { smallest, runs, complete } = await shrink({
    ...{ failure: resultOf(plan, true), run, atOnce: () => atOnce, canEnd: () => true, options: {} },
    ...{ maxRuns: 2000, signal: new AbortController().signal },
    ...request,
  });
  return { result: { plan: smallest.plan, runs, complete }, most };
}

it('shrinking gives the same plan after as many runs, however many are under way', async () => {
  const needed = fc.record({
    operations: fc.subarray(plan.nodes.flatMap(({ operations }) => operations.map(({ id }) => id))),
    faults: fc.subarray(plan.faults.map(({ kind }) => kind)),
    /** Only one in so many draws fails. */
    every: fc.integer({ min: 1, max: 3 }),
    maxRuns: fc.constantFrom(5, 40, 2000),
    atOnce: fc.integer({ min: 2, max: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(needed, async ({ operations, faults, every, maxRuns, atOnce }) => {
      const fails = (candidate: Plan): boolean => {
        const ids = candidate.nodes.flatMap((node) => node.operations.map(({ id }) => id));
        const kinds = candidate.faults.map(({ kind }) => kind);
        const draw = candidate.runtimeSeed ?? candidate.seed;
        return (
          operations.every((id) => ids.includes(id)) &&
          faults.every((kind) => kinds.includes(kind)) &&
          (draw + ids.length) % every === (7 + 9) % every
        );
      };
      const one = await shrunk(fails, 1, { maxRuns });
      const several = await shrunk(fails, atOnce, { maxRuns });
      expect(several.result).toEqual(one.result);
      expect(one.most).toBe(1);
      expect(several.most).toBeGreaterThan(1);
      expect(several.most).toBeLessThanOrEqual(2 * atOnce);
    }),
    { numRuns: 60 },
  );
});

it('a process that ends costs the plan that it ran, and no other', async () => {
  const run = (candidate: Plan): Promise<RunResult> =>
    candidate.faults.length === 0
      ? Promise.reject(new LostRunError(candidate.seed, 'SIGKILL'))
      : Promise.resolve(resultOf(candidate, true));
  const { result } = await shrunk(() => true, 3, { run });
  expect(result.plan.faults).toHaveLength(1);
  expect(result.plan.nodes.flatMap(({ operations }) => operations)).toHaveLength(1);
});

it('the futures of a moment may run at once, and count the same', async () => {
  const turnOf = async (atOnce: number) => {
    let [underWay, most] = [0, 0];
    const found = await findTurn({
      events: 200,
      runsMax: 300,
      atOnce: () => atOnce,
      async fails(afterEvents, future) {
        most = Math.max(most, ++underWay);
        for (let turn = future % 4; turn >= 0; turn--) await Promise.resolve();
        underWay--;
        return afterEvents >= 120 || (future * 7 + afterEvents) % 10 < 2;
      },
    });
    return { found, most };
  };
  const [one, four] = [await turnOf(1), await turnOf(4)];
  expect(four.found).toEqual(one.found);
  expect([one.most, four.most]).toEqual([1, 4]);
  expect(one.found.turn?.kind).toBe('jump');
});
