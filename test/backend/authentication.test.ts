/** Authentication in runs: no node sends requests before every member knows that it is on. */
import { expect, it } from 'vitest';
import { bank } from '../../scenarios/bank.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';

it('a member that learns of it late lets no client continue without a token', async () => {
  const options = { ...defaultOptions(bank.options), workers: 1, transfers: 1 };
  for (let seed = 0; seed < 150; seed++) {
    const faults = { kind: 'only' as const, kinds: ['token-expired' as const] };
    const plan = drawPlan({ scenario: bank, seed, options, faults, members: 3, strategy: ['pct'] });
    const { signal } = new AbortController();
    const { verdict } = await runPlan({
      ...{ scenario: bank, plan, backend: createSimulatedBackend(), budget: DEFAULT_BUDGET },
      ...{ stacks: false, replay: '', signal },
    });
    expect([seed, verdict]).toEqual([seed, 'satisfied']);
  }
});
