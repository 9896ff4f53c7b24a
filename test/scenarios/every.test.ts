/** Every scenario of the registry holds, and every specimen is caught: a few seeds of what long sweeps run at length. */
import { describe, expect, it } from 'vitest';
import { scenarios, specimens } from '../../scenarios/index.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { canary } from '../../sim/explore/canary.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';
import type { Scenario } from '../../sim/scenario/scenario.js';

const { signal } = new AbortController();
const SEEDS = 6;
const SPECIMEN_SEEDS_MAX = 100;

function run(scenario: Scenario, seed: number, members: number): Promise<RunResult> {
  const options = defaultOptions(scenario.options);
  return runPlan({
    scenario,
    plan: drawPlan({ scenario, seed, options, faults: { kind: 'swarm' }, members }),
    backend: createSimulatedBackend(),
    budget: DEFAULT_BUDGET,
    stacks: false,
    replay: '',
    signal,
  });
}

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  'scenario %s',
  (_, scenario) => {
    it.each([1, 3])('holds under faults with %i members', async (members) => {
      for (let seed = 0; seed < SEEDS; seed++) {
        const { checks, problems } = await run(scenario, seed, members);
        const wrong = [...checks.filter((check) => check.verdict !== 'satisfied'), ...problems];
        expect({ seed, wrong }).toEqual({ seed, wrong: [] });
      }
    });
  },
);

it.each(specimens.map((specimen) => [specimen.name, specimen] as const))(
  'specimen %s is caught',
  async (name, specimen) => {
    const { starts } = await canary({
      specimen: name,
      starts: 1,
      seed: 0,
      seedsMax: specimen.caughtWithinSeeds ?? SPECIMEN_SEEDS_MAX,
      runSeed: (seed) => run(specimen, seed, specimen.members ?? 1),
      signal,
    });
    expect(starts).toMatchObject([{ kind: 'caught' }]);
  },
);
