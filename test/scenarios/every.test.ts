/** Every scenario of the registry holds, and every specimen is caught: a few seeds of the long sweeps. */
import { describe, expect, it } from 'vitest';
import { scenarios, specimens } from '../../scenarios/index.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { simInProcess } from '../cli/in-process.js';
import { root } from '../documents.js';

const { signal } = new AbortController();
const SEEDS = 3;
/** Of the bank's thousand transfers a hundred are enough for the few seeds here. */
const SMALLER = { bank: { transfers: 10 } } as const;

function run(scenario: Scenario, seed: number, members: number): Promise<RunResult> {
  const smaller = SMALLER[scenario.name as keyof typeof SMALLER] ?? {};
  const options = { ...defaultOptions(scenario.options), ...smaller };
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

it('sim canary reports that every specimen is caught', async () => {
  const { code, stdout, stderr } = await simInProcess(['canary'], root);
  expect(code, stdout + stderr).toBe(0);
  const rows = stdout.split('\n').map((row) => row.split(/[|\s]+/)[1]);
  for (const { name } of specimens) expect(rows).toContain(name);
});
