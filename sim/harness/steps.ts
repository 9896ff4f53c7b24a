/**
 * The steps that a check is made of, each loaded when it is first used: a sweep that finds nothing loads nothing that
 * shrinks or explains. Tests put their own steps in their place.
 */
import type { Explanation } from '../run/explanation.js';
import type { RunResult } from '../run/run-result.js';
import type { SeedRequest } from '../explore/explore-seed.js';
import type { ShrinkResult } from '../explore/shrink/shrink.js';
import type { ExplainRequest } from './explain-failure.js';
import type { RunRequest } from './run-plan.js';
import type { ShrinkRequest } from './shrink-failure.js';

export interface Steps {
  /** Runs one seed. */
  exploreSeed(request: SeedRequest): Promise<RunResult>;
  runPlan(request: RunRequest): Promise<RunResult>;
  /** Makes a failing run as small as its failure allows. */
  shrinkFailure(request: ShrinkRequest): Promise<ShrinkResult>;
  /** Says why a run failed; undefined where that cannot be done. */
  explainFailure(request: ExplainRequest): Promise<Explanation | undefined>;
}

export const steps: Steps = {
  async exploreSeed(request) {
    const { exploreSeed } = await import('../explore/explore-seed.js');
    return exploreSeed(request);
  },
  async runPlan(request) {
    const { runPlan } = await import('./run-plan.js');
    return runPlan(request);
  },
  async shrinkFailure(request) {
    const { shrinkFailure } = await import('./shrink-failure.js');
    return shrinkFailure(request);
  },
  async explainFailure(request) {
    const { explainFailure } = await import('./explain-failure.js');
    return explainFailure(request);
  },
};
