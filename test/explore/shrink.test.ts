/** Shrinking on plans with a known failure: needed parts stay, all others are removed. */
import { describe, expect, it } from 'vitest';
import type { RunWatch } from '../../sim/run/run-watch.js';
import type { Plan } from '../../sim/plan/plan.js';
import { shrink } from '../../sim/explore/shrink/shrink.js';
import { aimsOf } from '../../sim/faults/index.js';
import { signaturesOf } from '../../sim/run/signature.js';
import type { RunResult } from '../../sim/run/run-result.js';
import type { OptionSpecs } from '../../sim/plan/options.js';
import { buildRun } from '../report/fixture.js';

const plan: Plan = {
  scenario: 'bank',
  seed: 7,
  options: {},
  etcdVersion: '3.6',
  members: ['m1', 'm2', 'm3'],
  nodes: ['a', 'b', 'c'].map((name) => ({
    name,
    operations: [1, 2, 3, 4].map((index) => ({ id: `${name}${index}`, name: 'do', input: null })),
  })),
  faults: [
    { kind: 'partition', node: 'a', member: 'm1', atMs: 10, durationMs: 700 },
    { kind: 'reply-lost', node: 'b', member: 'm1', atMs: 137, durationMs: 95 },
    { kind: 'member-restart', member: 'm3', atMs: 200, durationMs: 100 },
    { kind: 'quorum-loss', lost: ['m1', 'm2'], atMs: 300, durationMs: 100 },
  ],
  network: { oneWayDelayMinUs: 70, oneWayDelayMaxUs: 1200 },
};

/** A world in which a plan fails with this check iff `fails` returns true. */
function world(fails: (plan: Plan) => string | undefined) {
  const plans: Plan[] = [];
  const run = (candidate: Plan): Promise<RunResult> => {
    plans.push(candidate);
    const check = fails(candidate);
    const base = { ...buildRun(), plan: candidate, problems: [] };
    const finding = { verdict: 'violated' as const, message: 'x', operations: [], revisions: [] };
    return Promise.resolve(
      check === undefined
        ? { ...base, verdict: 'satisfied', checks: [] }
        : { ...base, verdict: 'violated', checks: [{ check, description: check, ...finding }] },
    );
  };
  return { plans, run };
}

async function shrunk(
  fails: (plan: Plan) => string | undefined,
  {
    canEnd = () => true,
    maxRuns = 2000,
    options = {},
    from = plan,
  }: { canEnd?: (plan: Plan) => boolean; maxRuns?: number; options?: OptionSpecs; from?: Plan } = {},
) {
  const { plans, run } = world(fails);
  const failure = await run(from);
  const { signal } = new AbortController();
  return { plans, ...(await shrink({ failure, run, canEnd, options, maxRuns, signal })) };
}

it('no intermediate plan aims a fault at a missing member', async () => {
  const { plans } = await shrunk((candidate) => (has(candidate, 'a2') ? 'sum' : undefined));
  for (const { members, faults } of plans) {
    for (const fault of faults) for (const member of aimsOf(fault).members) expect(members).toContain(member);
  }
  expect(plans.some(({ members }) => members.length === 1)).toBe(true);
});

const has = ({ nodes }: Plan, id: string) =>
  nodes.some((node) => node.operations.some((operation) => operation.id === id));
const idsOf = ({ nodes }: Plan) => nodes.flatMap((node) => node.operations.map(({ id }) => id));

describe('a shrunk plan', () => {
  it('has the operations and the fault that the failure needs, one member, and the simplest times', async () => {
    const { smallest, complete } = await shrunk((candidate) =>
      has(candidate, 'a2') &&
      has(candidate, 'b3') &&
      candidate.faults.some(({ kind }) => kind === 'reply-lost')
        ? 'sum'
        : undefined,
    );
    expect(idsOf(smallest.plan)).toEqual(['a2', 'b3']);
    expect(smallest.plan.faults).toEqual([
      { kind: 'reply-lost', node: 'b', member: 'm1', atMs: 1, durationMs: 1 },
    ]);
    expect(smallest.plan.members).toEqual(['m1']);
    expect(smallest.plan.network).toEqual({ oneWayDelayMinUs: 500, oneWayDelayMaxUs: 500 });
    expect(complete).toBe(true);
  });

  it('keeps the signature: it never slips to another failure', async () => {
    const { smallest, signature } = await shrunk((candidate) =>
      has(candidate, 'c4') ? 'sum' : 'something else',
    );
    expect(signature).toBe('check sum');
    expect(signaturesOf(smallest)).toEqual(['check sum']);
    expect(idsOf(smallest.plan)).toEqual(['c4']);
  });

  it('has no fault that targets a missing node or member', async () => {
    const { plans } = await shrunk((candidate) => (has(candidate, 'c1') ? 'sum' : undefined));
    for (const { nodes, members, faults } of plans) {
      const names = new Set([...nodes.map(({ name }) => name), ...members]);
      for (const fault of faults) {
        const { node, member } = fault as { node?: string; member?: string };
        expect([node, member].every((name) => name === undefined || names.has(name))).toBe(true);
      }
    }
  });

  it('can always finish when the code is right', async () => {
    const canEnd = (candidate: Plan) => !has(candidate, 'b1') || has(candidate, 'a1');
    const { plans, smallest } = await shrunk((candidate) => (has(candidate, 'b1') ? 'sum' : undefined), {
      canEnd,
    });
    expect(plans.slice(1).every(canEnd)).toBe(true);
    expect(idsOf(smallest.plan)).toEqual(['a1', 'b1']);
  });

  it('may run on another runtime seed if the failure needs another draw', async () => {
    const { smallest } = await shrunk((candidate) =>
      candidate.nodes.length === 3 || ((candidate.runtimeSeed ?? 7) % 2 === 0 && has(candidate, 'a1'))
        ? 'sum'
        : undefined,
    );
    expect(idsOf(smallest.plan)).toEqual(['a1']);
    expect(smallest.plan.runtimeSeed).toBe(8);
  });

  it('has no faults if many of them only set the moment right, which other draws do, too', async () => {
    const { smallest } = await shrunk((candidate) =>
      candidate.faults.length === plan.faults.length ||
      (candidate.faults.length === 0 && candidate.runtimeSeed === 7 + 20)
        ? 'sum'
        : undefined,
    );
    expect(smallest.plan.faults).toEqual([]);
  });

  it('needs its calls if it waits in vain for a known cause, and keeps that', async () => {
    const run = (candidate: Plan, watch?: RunWatch): Promise<RunResult> => {
      const cause = has(candidate, 'b1') ? 'lost-before' : 'circle';
      const error = { name: 'Error', message: 'expected x' };
      const known = watch?.recordCalls === true ? ({ cause } as const) : {};
      const problem = { kind: 'node-error', node: 'test', error, stack: '', timeUs: 0, ...known } as const;
      return Promise.resolve({
        ...buildRun(),
        ...{ plan: candidate, verdict: 'violated', checks: [], problems: [problem] },
      });
    };
    const failure = await run(plan, { recordCalls: true });
    const { signal } = new AbortController();
    const { smallest } = await shrink({
      failure,
      run,
      canEnd: () => true,
      options: {},
      maxRuns: 2000,
      signal,
    });
    expect(idsOf(smallest.plan)).toEqual(['b1']);
  });

  it('has its faults moved along with their target operation', async () => {
    // Operations of a node begin 10 ms apart, and the fault must come within 3 ms of the fourth.
    const timesOf = (candidate: Plan) =>
      candidate.nodes.flatMap(({ operations }) =>
        operations.map(({ id }, index) => ({ id, invokeUs: index * 10_000 })),
      );
    const run = async (candidate: Plan): Promise<RunResult> => {
      const a4 = timesOf(candidate).find(({ id }) => id === 'a4');
      const hit = candidate.faults.some(({ atMs }) => Math.abs(atMs * 1000 - (a4?.invokeUs ?? -1e9)) < 3000);
      const { run: answer } = world(() => (hit ? 'sum' : undefined));
      const result = await answer(candidate);
      const [check] = result.checks;
      return {
        ...result,
        checks: check?.verdict === 'violated' ? [{ ...check, operations: ['a4'] }] : [],
        operations: timesOf(candidate).map(({ id, invokeUs }, sequence) => ({
          ...{ id, node: 'a', name: 'do', input: null },
          invoke: { sequence, timeUs: invokeUs },
        })),
      };
    };
    const faults = [{ kind: 'connection-reset', node: 'a', member: 'm1', atMs: 32, durationMs: 0 }] as const;
    const failure = await run({ ...plan, faults });
    const { signal } = new AbortController();
    const { smallest } = await shrink({
      failure,
      run,
      canEnd: () => true,
      options: {},
      maxRuns: 2000,
      signal,
    });
    expect(idsOf(smallest.plan)).toEqual(['a4']);
    expect(smallest.plan.faults).toMatchObject([{ atMs: 1 }]);
  });

  it('has options as small as the failure and the scenario allow, and keeps those that only draw', async () => {
    const integer = { type: 'integer', default: 9, max: 100, description: '' } as const;
    const options: OptionSpecs = {
      accounts: { ...integer, min: 1, shrinks: true },
      lanes: { ...integer, min: 1, shrinks: true },
      workers: { ...integer, min: 1 },
    };
    const { smallest } = await shrunk(
      (candidate) => (Number(candidate.options['accounts']) >= 4 ? 'sum' : undefined),
      {
        options,
        from: { ...plan, options: { accounts: 9, lanes: 8, workers: 9 } },
        canEnd: (candidate) => Number(candidate.options['lanes']) >= 2,
      },
    );
    expect(smallest.plan.options).toEqual({ accounts: 4, lanes: 2, workers: 9 });
  });

  it('has only the rerolls that the failure needs', async () => {
    const rerolls = [1, 2, 3].map((afterEvents) => ({ afterEvents, seed: 5 }));
    const { smallest } = await shrunk(
      (candidate) =>
        candidate.rerolls?.some(({ afterEvents }) => afterEvents === 2) === true ? 'sum' : undefined,
      { from: { ...plan, rerolls } },
    );
    expect(smallest.plan.rerolls).toEqual([{ afterEvents: 2, seed: 5 }]);
  });

  it('has a script of the choices of its strategy that matter', async () => {
    const chosen = [0, 2, 1, 0, 1, 3];
    const placesOf = ({ strategy }: Plan): readonly number[] => {
      if (strategy?.kind !== 'scripted') return strategy === undefined ? chosen.map(() => 0) : chosen;
      return chosen.map((_, index) => strategy.picks.find(({ choice }) => choice === index + 1)?.place ?? 0);
    };
    const { run: answer } = world((candidate) => {
      const places = placesOf(candidate);
      return places[2] === 1 && places[5] === 3 ? 'sum' : undefined;
    });
    const run = (candidate: Plan, watch?: RunWatch): Promise<RunResult> => {
      if (candidate.strategy !== undefined) {
        for (const place of placesOf(candidate)) watch?.onChoice?.({ candidates: [], place });
      }
      return answer(candidate);
    };
    const failure = await run({ ...plan, strategy: { kind: 'walk', windowUs: 500 } });
    const { signal } = new AbortController();
    const { smallest } = await shrink({
      ...{ failure, run, canEnd: () => true, options: {}, maxRuns: 2000, signal },
    });
    expect(smallest.plan.strategy).toEqual({
      kind: 'scripted',
      windowUs: 500,
      picks: [
        { choice: 3, place: 1 },
        { choice: 6, place: 3 },
      ],
    });
  });

  it('is the smallest so far if there are no more runs', async () => {
    const { runs, complete } = await shrunk((candidate) => (has(candidate, 'a1') ? 'sum' : undefined), {
      maxRuns: 5,
    });
    expect([runs, complete]).toEqual([5, false]);
  });
});
