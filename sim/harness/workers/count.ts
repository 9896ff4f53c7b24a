/**
 * How many processes a call of the library uses. Invariant: a call that uses one loads nothing of the others, and what
 * cannot cross to another process is refused in one line.
 */
import { availableParallelism } from 'node:os';
import { InputError } from '../../input/parsed.js';
import type { Scenario } from '../../scenario/scenario.js';
import { originOf, type ScenarioOrigin } from './load-scenario.js';
import type { Workers } from './pool.js';
import type { WorkersRequest } from './start.js';

/** A process takes as long to start as some seeds take to run. */
const SEEDS_PER_WORKER_MIN = 8;

/** So many processes are worth it if the caller does not say. */
export function workersWorth(seeds: number): number {
  return Math.min(availableParallelism(), Math.floor(seeds / SEEDS_PER_WORKER_MIN));
}

export interface CountedRequest extends Omit<WorkersRequest, 'count' | 'origin'> {
  /** As the caller gave it; by default the number of cores for a scenario with a module, or else 1. */
  readonly workers: number | undefined;
}

/**
 * Does the work with as many processes, or with none if one is enough.
 *
 * @throws InputError if several are asked for and the scenario has no module
 */
export async function withCounted<T>(
  { workers, ...request }: CountedRequest,
  work: (workers: Workers | undefined) => Promise<T>,
): Promise<T> {
  const origin = originIfSeveral(request.parameters.scenario, workers);
  const count = workers ?? availableParallelism();
  if (origin === undefined || count < 2) return work(undefined);
  const { withWorkers } = await import('./start.js');
  return withWorkers({ ...request, origin, count }, work);
}

/** @throws InputError */
function originIfSeveral(scenario: Scenario, workers: number | undefined): ScenarioOrigin | undefined {
  const origin = originOf(scenario);
  if (origin === undefined && (workers ?? 1) > 1) {
    throw new InputError(
      'workers: expected a scenario of loadScenario(module), which other processes can import, got an object of this one',
    );
  }
  return origin;
}
