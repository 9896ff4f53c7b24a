/** Runs under the strategies: the same seed repeats the run, and defects are found and shrink. */
import { describe, expect, it } from 'vitest';
import { scenarios } from '../../scenarios/index.js';
import { bankLostUpdate } from '../../scenarios/specimens/bank-lost-update.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import type { Plan } from '../../sim/plan/plan.js';
import { shrink } from '../../sim/explore/shrink/shrink.js';
import { mix, type StrategySelection } from '../../sim/explore/strategies/strategy-selection.js';
import { drawnStrategyKinds } from '../../sim/plan/strategy-spec.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';
import type { Scenario } from '../../sim/scenario/scenario.js';

const { signal } = new AbortController();

/** A bank of few transfers. */
const few = { workers: 4, transfers: 10 };

function planOf(scenario: Scenario, seed: number, strategy: StrategySelection, members = 1): Plan {
  const smaller = 'transfers' in scenario.options ? few : {};
  const options = { ...defaultOptions(scenario.options), ...smaller };
  return drawPlan({ scenario, seed, options, faults: { kind: 'swarm' }, members, strategy });
}

function run(scenario: Scenario, plan: Plan) {
  const backend = createSimulatedBackend();
  return runPlan({ scenario, plan, backend, budget: DEFAULT_BUDGET, stacks: false, replay: '', signal });
}

const [bank, , queue] = scenarios as [Scenario, Scenario, Scenario];

describe.each(drawnStrategyKinds)('under the strategy %s', (kind) => {
  it('a seed repeats its run, which differs from the run by time alone', async () => {
    const plan = planOf(queue, 3, [kind], 3);
    expect(plan.strategy?.kind).toBe(kind);
    const hashes = [
      await run(queue, plan),
      await run(queue, plan),
      await run(queue, planOf(queue, 3, ['time'], 3)),
    ];
    const [first, again, other] = hashes.map(({ trace }) => trace?.hash);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it.each(
    scenarios.filter((scenario) => scenario !== bank).map((scenario) => [scenario.name, scenario] as const),
  )('%s holds', async (_, scenario) => {
    for (const [seed, members] of [
      [0, 1],
      [1, 3],
    ] as const) {
      const { checks, problems } = await run(scenario, planOf(scenario, seed, [kind], members));
      const wrong = [...checks.filter(({ verdict }) => verdict !== 'satisfied'), ...problems];
      expect({ seed, wrong }).toEqual({ seed, wrong: [] });
    }
  });

  it('a failure shrinks, and then needs no strategy if time alone shows it', async () => {
    const failure = await run(bankLostUpdate, planOf(bankLostUpdate, 1, [kind]));
    expect(failure.verdict).toBe('violated');
    const shrunk = await shrink({
      failure,
      maxRuns: 200,
      canEnd: () => true,
      options: bankLostUpdate.options,
      run: (plan) => run(bankLostUpdate, plan),
      signal,
    });
    expect(shrunk.smallest.plan.strategy).toBeUndefined();
    expect(shrunk.smallest.verdict).toBe('violated');
  });
});

it('of several strategies each seed has one, and over the seeds all occur', () => {
  const selection = ['time', ...drawnStrategyKinds] as const;
  const kinds = Array.from(
    { length: 60 },
    (_, seed) => planOf(queue, seed, selection).strategy?.kind ?? 'time',
  );
  expect(new Set(kinds)).toEqual(new Set(selection));
});

it('the choice of strategy changes nothing else in a plan', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { strategy, ...rest } = planOf(queue, seed, mix);
    expect(rest).toEqual(planOf(queue, seed, ['time']));
    expect(strategy?.windowUs ?? 1).toBeGreaterThan(0);
  }
});
