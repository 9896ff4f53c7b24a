/** The bank without faults: simulated, against a real etcd on loopback, in wall time. */
import type { Backend } from '../sim/backend/backend.js';
import { createRealBackend } from '../sim/backend/real.js';
import { createSimulatedBackend } from '../sim/backend/simulated.js';
import { drawPlan } from '../sim/explore/draw-plan.js';
import { runPlan } from '../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../sim/run/budget.js';
import { defaultOptions } from '../sim/scenario/parse-options.js';
import { scenarios } from '../scenarios/index.js';
import { measureRatio, type Ratio } from './ratio.js';

const PAIRS = 3;
const SEED = 42;

export async function bankCost(): Promise<readonly Ratio[]> {
  const real = createRealBackend({ progress: (line) => console.error(line), proxies: false });
  const simulated = createSimulatedBackend();
  return [
    await measureRatio({
      name: 'wall time of the default bank without faults, real etcd on loopback / simulated',
      pairs: PAIRS,
      wanted: 5,
      above: () => wallTimeMs(real),
      below: () => wallTimeMs(simulated),
      detail: (realMs, simulatedMs) =>
        `real ${Math.round(realMs)} ms, simulated ${Math.round(simulatedMs)} ms (medians; one member, no proxies, starting etcd not counted)`,
    }),
  ];
}

async function wallTimeMs(backend: Backend): Promise<number> {
  const scenario = scenarios.find((each) => each.name === 'bank');
  if (scenario === undefined) throw new Error('there is no scenario bank');
  const plan = drawPlan({
    scenario,
    seed: SEED,
    options: defaultOptions(scenario.options),
    faults: { kind: 'none' },
    members: 1,
  });
  const signal = new AbortController().signal;
  const result = await runPlan({
    scenario,
    plan,
    backend,
    budget: DEFAULT_BUDGET,
    stacks: false,
    replay: '',
    signal,
  });
  if (result.verdict !== 'satisfied')
    throw new Error(`the bank ended ${result.verdict} on the ${backend.name} backend`);
  return result.wallTimeMs;
}
