/** Recorded runs of the scenarios, with every fault. */
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import type { EventObserver } from '../../sim/engine/steps.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import type { FaultSelection } from '../../sim/explore/fault-selection.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { scenarios } from '../../scenarios/index.js';

export interface RecordedRunRequest {
  readonly scenario: string;
  readonly seed?: number;
  readonly members?: number;
  readonly faults?: FaultSelection;
  readonly options?: Readonly<Record<string, number | string>>;
  readonly recordRun?: boolean;
  readonly onEvent?: EventObserver;
}

export async function recordedRun(request: RecordedRunRequest): Promise<RunResult> {
  const { seed = 7, members = 3, faults = { kind: 'all' }, recordRun = true, onEvent } = request;
  const scenario = scenarios.find(({ name }) => name === request.scenario);
  if (scenario === undefined) throw new Error(`expected a scenario ${request.scenario}`);
  const defaults = Object.fromEntries(
    Object.entries(scenario.options).map(([option, { default: value }]) => [option, value]),
  );
  const options = { ...defaults, ...request.options };
  const plan = drawPlan({ scenario, seed, options, faults, members });
  const signal = new AbortController().signal;
  const backend = createSimulatedBackend();
  return runPlan({
    ...{ scenario, plan, backend, budget: DEFAULT_BUDGET, stacks: false, replay: '', signal },
    ...{ recordCalls: recordRun, recordRun, onEvent },
  });
}
