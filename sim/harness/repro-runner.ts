/** Runs plans of a repro in simulation, with the repro's budget unless another is given, and muted unless asked for aloud. */
import type { Backend } from '../backend/backend.js';
import type { Heartbeat } from '../engine/heartbeat.js';
import type { RunnableRepro } from '../repro/parse-repro.js';
import { PlanRunner, type RunParameters } from './plan-runner.js';
import type { Steps } from './steps.js';

export interface ReproRunnerOptions {
  readonly repro: RunnableRepro;
  readonly backend: Backend;
  /** The shell command that runs it again. */
  readonly replay: string;
  readonly signal: AbortSignal;
  readonly heartbeat?: Heartbeat | undefined;
  readonly steps: Steps;
}

export function reproRunner({ repro, replay, ...options }: ReproRunnerOptions): PlanRunner {
  return new PlanRunner({
    ...options,
    mutes: true,
    parameters: reproParameters(repro),
    replayOf: () => replay,
  });
}

/** Nothing is drawn: the plan has its faults. */
export function reproParameters({ scenario, repro }: RunnableRepro): RunParameters {
  const { plan, budget } = repro;
  return {
    scenario,
    options: plan.options,
    faults: { kind: 'none' },
    members: plan.members.length,
    etcdVersion: plan.etcdVersion,
    strategy: ['time'],
    budget,
  };
}
