/** What a command hands to the harness of one scenario: its parameters, where it runs, and how it is interrupted. */
import type { Backend } from '../backend/backend.js';
import type { PlanRunnerOptions } from '../harness/plan-runner.js';
import { replayCommand, type Pinned } from './arguments/replay-arguments.js';
import type { RunSettings } from './arguments/run-parameters.js';
import { commandNameOf } from './command-name.js';
import type { CliEnvironment } from './environment.js';
import type { UseCases } from './use-cases.js';

export interface RunnerOptionsRequest {
  readonly settings: RunSettings;
  readonly backend: Backend;
  readonly pinned?: Pinned;
  readonly environment: CliEnvironment;
  readonly useCases: UseCases;
}

export function runnerOptions(request: RunnerOptionsRequest): PlanRunnerOptions {
  const { settings, backend, pinned, environment, useCases } = request;
  const { scenario, options, faults, members, etcdVersion, strategy, budget } = settings;
  return {
    parameters: { scenario, options, faults, members, etcdVersion, strategy, budget },
    backend,
    replayOf: (seed) => replayCommand(settings, seed, pinned, commandNameOf(environment)),
    signal: environment.signal,
    heartbeat: environment.watchdog,
    steps: useCases,
  };
}
