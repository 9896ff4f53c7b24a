/** Runs a plan of a repro in simulation, with the repro's budget unless another is given. */
import type { Budget } from '../engine/engine.js';
import type { EventObserver } from '../engine/steps.js';
import type { RunWatch } from '../explore/explore-seed.js';
import type { Plan } from '../plan/plan.js';
import type { RunnableRepro } from '../repro/parse-repro.js';
import type { RunResult } from '../run/run-result.js';
import type { CliEnvironment } from './environment.js';
import type { Machinery } from './use-cases.js';
import { flags } from './arguments/flags.js';

export interface ReproRunner {
  readonly repro: RunnableRepro;
  readonly environment: CliEnvironment;
  readonly machinery: Machinery;
}

export interface ReproRunOptions extends RunWatch {
  readonly stacks: boolean;
  readonly replay: string;
  /** The repro's by default. */
  readonly budget?: Budget;
  readonly onEvent?: EventObserver | undefined;
}

export async function runReproPlan(
  { repro, environment, machinery }: ReproRunner,
  plan: Plan,
  options: ReproRunOptions,
): Promise<RunResult> {
  const { scenario } = repro;
  const { stacks, replay, onChoice, onEvent, recordCalls, budget = repro.repro.budget } = options;
  const backend = await machinery.createBackend(
    {
      scenario,
      options: plan.options,
      faults: flags.faults.default,
      members: flags.members.default,
      etcdVersion: plan.etcdVersion,
      strategy: flags.strategy.default,
      backend: 'simulated',
      endpoints: undefined,
      toxiproxy: undefined,
      livenessMs: flags.livenessMs.default,
      ...budget,
    },
    () => undefined,
  );
  const { signal, watchdog } = environment;
  return machinery.runPlan({
    ...{ scenario, plan, backend, budget, stacks, onChoice, onEvent, replay, signal },
    // What is run with stacks is to be shown, with the reasons that calls give.
    recordCalls: recordCalls ?? stacks,
    heartbeat: watchdog,
  });
}
