/** Explains the failing run of a repro, unless that is not wanted. */
import type { Explanation } from '../run/explanation.js';
import type { RunResult } from '../run/run-result.js';
import { runReproPlan, type ReproRunner } from './run-repro-plan.js';

/** @param eventsMax how many events all its runs together may have, about */
export async function explainRepro(
  request: ReproRunner & { readonly explains: boolean },
  failure: RunResult,
  eventsMax?: number,
): Promise<Explanation | undefined> {
  const { explains, repro, environment, machinery } = request;
  if (!explains || failure.verdict !== 'violated' || environment.signal.aborted) return undefined;
  const { replay } = failure;
  return machinery.explainFailure(
    {
      failure,
      budget: repro.repro.budget,
      eventsMax,
      run: (plan, budget, onEvent) => runReproPlan(request, plan, { stacks: false, replay, budget, onEvent }),
    },
    environment,
  );
}
