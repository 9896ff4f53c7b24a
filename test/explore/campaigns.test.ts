/**
 * Campaigns: the plans that a seed becomes, and that they find failures that need one order of events among
 * many.
 */
import { describe, expect, it } from 'vitest';
import { specimens, scenarios } from '../../scenarios/index.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import type { Attempt, CampaignGround } from '../../sim/explore/campaigns/campaign.js';
import { exhaustive } from '../../sim/explore/campaigns/exhaustive.js';
import { guided } from '../../sim/explore/campaigns/guided.js';
import { smallPlan } from '../../sim/explore/campaigns/small-plan.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import { exploreSeed } from '../../sim/explore/explore-seed.js';
import type { RunWatch } from '../../sim/run/run-watch.js';
import { parseFaultSelection } from '../../sim/explore/fault-selection.js';
import type { Plan, PlannedNode } from '../../sim/plan/plan.js';
import type { StrategyName } from '../../sim/explore/strategies/strategy-selection.js';
import type { Call } from '../../sim/history/calls.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';
import type { OptionValues } from '../../sim/plan/options.js';
import type { Scenario } from '../../sim/scenario/scenario.js';

const { signal } = new AbortController();

function named(name: string): Scenario {
  const scenario = [...scenarios, ...specimens].find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new Error(`expected a scenario, got ${name}`);
  return scenario;
}

function requestOf(scenario: Scenario, seed: number, faults = 'swarm') {
  const selection = parseFaultSelection(faults);
  if (selection.kind === 'malformed') throw new Error(selection.message);
  const options = defaultOptions(scenario.options);
  return { scenario, seed, options, faults: selection.value, members: 1 };
}

function run(scenario: Scenario, plan: Plan, watch: RunWatch = {}) {
  const backend = createSimulatedBackend();
  return runPlan({
    ...{ scenario, plan, backend, budget: DEFAULT_BUDGET, stacks: false, replay: '', signal, ...watch },
  });
}

function groundOf(scenario: Scenario, seed: number, faults = 'swarm'): CampaignGround {
  const request = requestOf(scenario, seed, faults);
  return { scenario, plan: drawPlan(request), faults: request.faults };
}

function explore(
  name: string,
  seed: number,
  strategy: StrategyName,
  faults?: string,
  options: OptionValues = {},
) {
  const scenario = named(name);
  const request = requestOf(scenario, seed, faults);
  return exploreSeed({
    ...{ ...request, options: { ...request.options, ...options } },
    strategy: [strategy],
    run: (plan, watch) => run(scenario, plan, watch),
  });
}

/** An attempt whose choices are open as given. */
async function attemptOf(scenario: Scenario, plan: Plan, deviations: readonly number[][]): Promise<Attempt> {
  const { calls = [], ...result } = await run(scenario, plan, { recordCalls: true });
  return { result, calls, choices: deviations.map((places) => ({ deviations: places })) };
}

/** The keys that the planned operations read or wrote. */
function keysTouched({ calls }: Attempt, { operations }: PlannedNode): ReadonlySet<string> {
  const own = calls.filter(({ operation }) =>
    operations.some(({ id }) => operation === id || operation?.startsWith(`${id}.`)),
  );
  return new Set(
    own.flatMap(({ reads, wrote }) => [...reads, ...(wrote?.changes ?? [])].map(({ key }) => key)),
  );
}

const picksOf = (plan: Plan) =>
  plan.strategy?.kind === 'scripted'
    ? plan.strategy.picks.map(({ choice, place }) => `${choice}:${place}`).join(' ')
    : 'none';

describe('exhaustive search', () => {
  const queue = named('queue');

  it('tries every script within its bounds once, those with fewer deviations first', async () => {
    const spec = { kind: 'exhaustive', windowUs: 500, deviationsMax: 2, runsMax: 1000 } as const;
    const campaign = exhaustive(spec, groundOf(queue, 1));
    const tried: string[] = [];
    let step = campaign.next();
    while (step.done !== true) {
      const { plan } = step.value;
      tried.push(picksOf(plan));
      step = campaign.next(await attemptOf(queue, plan, [[1], [], [1, 2]]));
    }
    expect(tried).toEqual(['none', '', '1:1', '3:1', '3:2', '1:1 3:1', '1:1 3:2']);
    expect(step.value).toBe(true);
  });

  it('reports its progress after every run', async () => {
    const barrier = named('barrier');
    const told: string[] = [];
    const { exploration } = await exploreSeed({
      ...{ ...requestOf(barrier, 3), strategy: ['exhaustive'] },
      run: (plan, watch) => run(barrier, plan, watch),
      progress: ({ strategy, runs }) => told.push(`${strategy} ${runs}`),
    });
    expect(exploration?.runs).toBeGreaterThan(1);
    expect(told).toEqual(
      Array.from({ length: exploration?.runs ?? 0 }, (_, index) => `exhaustive ${index + 1}`),
    );
  });

  it('reports unfinished work if its runs are used up', async () => {
    const spec = { kind: 'exhaustive', windowUs: 500, deviationsMax: 2, runsMax: 3 } as const;
    const campaign = exhaustive(spec, groundOf(queue, 1));
    let step = campaign.next();
    let runs = 0;
    while (step.done !== true) {
      runs += 1;
      step = campaign.next(await attemptOf(queue, step.value.plan, [[1], [1]]));
    }
    expect([runs, step.value]).toEqual([3, false]);
  });

  it.each(['barrier', 'queue', 'register', 'mutex'])(
    'takes a small part of the plan, with operations that touched the same key, which can finish: %s',
    async (name) => {
      const scenario = named(name);
      let small = 0;
      // A few plans have no such part that can finish: then any operations are taken.
      let related = 0;
      for (let seed = 0; seed < 5; seed++) {
        const ground = groundOf(scenario, seed);
        const whole = await attemptOf(scenario, ground.plan, []);
        const { nodes, options, faults } = smallPlan(ground, whole);
        expect(scenario.canEnd?.(nodes, options)).not.toBe(false);
        if (nodes.length === ground.plan.nodes.length) continue;
        small += 1;
        expect(nodes.length).toBeLessThanOrEqual(3);
        expect(Math.max(...nodes.map(({ operations }) => operations.length))).toBeLessThanOrEqual(2);
        expect(faults.length).toBeLessThanOrEqual(1);
        const keysOf = nodes.map((node) => keysTouched(whole, node));
        const everywhere = [...(keysOf[0] ?? [])].filter((key) => keysOf.every((keys) => keys.has(key)));
        related += everywhere.length > 0 ? 1 : 0;
      }
      expect(small).toBeGreaterThan(2);
      expect(related).toBeGreaterThanOrEqual(small - 1);
    },
  );

  it('takes a part in which every check finds operations to judge', async () => {
    // Of these it took writers alone.
    const scenario = named('watch');
    for (const seed of [0, 2, 8, 14, 17, 21]) {
      const ground = groundOf(scenario, seed);
      const { nodes } = smallPlan(ground, await attemptOf(scenario, ground.plan, []));
      const names = nodes.flatMap(({ operations }) => operations.map(({ name }) => name));
      expect({ seed, names: new Set(names) }).toEqual({ seed, names: new Set(['write', 'watch']) });
    }
  });

  it('includes a fault that hit the part, at the same time after its beginning', () => {
    const scenario = named('register');
    const ground = groundOf(scenario, 1, 'none');
    const [first, second] = ground.plan.nodes;
    const [early, late] = [first?.operations[0], second?.operations[5]];
    const fault = (atMs: number) => ({ kind: 'token-expired', atMs, durationMs: 0 }) as const;
    const plan = { ...ground.plan, faults: [fault(10), fault(70), fault(90)] };
    const at = (timeUs: number) => ({ timeUs, sequence: 0 });
    const record = { kind: 'token-expired', text: '', endedUs: 0 };
    const operations = [
      { ...early, node: first?.name, invoke: at(65_000), return: at(80_000) },
      { ...late, node: second?.name, invoke: at(61_000), return: at(75_000) },
    ];
    const result = {
      ...{ plan, operations },
      faults: [10, 70, 90].map((atMs, index) => ({
        ...{ ...record, index, hits: 1 },
        ...{ startedUs: 1000 + atMs * 1000, endedUs: 1000 + atMs * 1000 },
      })),
    } as unknown as RunResult;
    const wrote = { revision: 2, known: 'answered', changes: [{ key: 'a', type: 'put' }] } as const;
    const calls = operations.map(({ id }) => ({ operation: id, reads: [], wrote })) as unknown as Call[];
    const part = smallPlan({ ...ground, plan }, { result, calls });
    const ids = part.nodes.flatMap((node) => node.operations.map(({ id }) => id));
    expect(ids).toEqual(expect.arrayContaining([early?.id, late?.id]));
    expect(part.faults).toEqual([fault(10)]);
  });

  it.each([
    ['transactions-read-committed', 13, { workers: 2, transactions: 2, lanes: 1 }, 1],
    ['bank-lost-update', 6, { accounts: 3, workers: 2, transfers: 1 }, 1],
    ['mutex-naive', 31, { locks: 1, users: 2, rounds: 1 }, 2],
  ])(
    'finds in %s an order that time alone does not give, and that can be run alone',
    async (name, seed, options, deviations) => {
      const { verdict, plan, trace } = await explore(name, seed, 'exhaustive', 'none', options);
      expect(verdict).toBe('violated');
      expect(plan.strategy?.kind === 'scripted' && plan.strategy.picks).toHaveLength(deviations);
      expect((await run(named(name), plan)).trace?.hash).toBe(trace?.hash);
      const { strategy: _, ...byTime } = plan;
      expect((await run(named(name), byTime)).verdict).toBe('satisfied');
    },
  );
});

describe('a guided campaign', () => {
  const watch = named('watch');

  it('begins with the drawn plan, mutates runs that reached something new, and draws new plans', async () => {
    const ground = groundOf(watch, 3, 'latency,reply-lost');
    const campaign = guided({ kind: 'guided', runsMax: 12 }, ground);
    let step = campaign.next();
    const plans: Plan[] = [];
    while (step.done !== true) {
      plans.push(step.value.plan);
      step = campaign.next(await attemptOf(watch, step.value.plan, []));
    }
    expect(plans[0]).toEqual(ground.plan);
    expect(new Set(plans.map((plan) => JSON.stringify(plan))).size).toBe(12);
    const works = plans.map(({ nodes }) => JSON.stringify(nodes));
    expect(works.filter((work) => work === works[0]).length).toBeGreaterThan(1);
    expect(new Set(works).size).toBeGreaterThan(2);
    expect(new Set(plans.map(({ seed }) => seed))).toEqual(new Set([3]));
    const kinds = new Set(plans.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
    expect([...kinds].filter((kind) => kind !== 'latency' && kind !== 'reply-lost')).toEqual([]);
    for (const { faults } of plans) {
      const times = faults.map(({ atMs }) => atMs);
      expect(times).toEqual([...times].sort((left, right) => left - right));
    }
  });

  it('repeats no run if there are no faults to move', async () => {
    const ground = groundOf(watch, 3, 'none');
    const campaign = guided({ kind: 'guided', runsMax: 12 }, ground);
    const plans = new Set<string>();
    for (let step = campaign.next(); step.done !== true;) {
      plans.add(JSON.stringify(step.value.plan));
      step = campaign.next(await attemptOf(watch, step.value.plan, []));
    }
    expect(plans.size).toBe(12);
  });

  it('makes the same runs again from the same seed, and ends with the first that fails', async () => {
    const few = { locks: 1, users: 2, rounds: 2 };
    const first = await explore('mutex-etcd3', 2, 'guided', 'swarm', few);
    const again = await explore('mutex-etcd3', 2, 'guided', 'swarm', few);
    expect(again.trace?.hash).toBe(first.trace?.hash);
    expect(again.exploration).toEqual(first.exploration);
    expect(first.exploration).toMatchObject({ strategy: 'guided' });
    const alone = await run(named('mutex-etcd3'), first.plan);
    expect(alone.trace?.hash).toBe(first.trace?.hash);
  });
});
