/** Runs a repro again, shrinks it, explains a failure: the same as `sim replay` and `sim shrink`, for a program. */
import { createSimulatedBackend } from '../backend/simulated.js';
import { describeValue } from '../input/describe-value.js';
import { InputError } from '../input/parsed.js';
import { isFaithful, type ReplayComparison } from '../repro/compare-replay.js';
import { parseRepro, type RunnableRepro } from '../repro/parse-repro.js';
import { reproOf, type Repro } from '../repro/repro.js';
import type { Explanation } from '../run/explanation.js';
import type { RunResult } from '../run/run-result.js';
import type { Scenario } from '../scenario/scenario.js';
import { compareTwice, type Replayed } from './compare-twice.js';
import { FailureAnalyst, type PlanRuns } from './failure-analysis.js';
import { SHRINK_RUNS_MAX } from '../run/budget.js';
import { reproParameters, reproRunner } from './repro-runner.js';
import { steps } from './steps.js';
import type { ProgressListener } from './check-progress.js';
import { expectExplainOptions, expectReplayOptions, expectShrinkOptions } from './expect-check-options.js';
import { listening, type Listening } from './listening.js';
import { withCounted } from './workers/count.js';

export interface ReplayOptions {
  /** Ends it between two events. */
  readonly signal?: AbortSignal;
  /** Receives the progress. */
  readonly onProgress?: ProgressListener;
}

export interface ExplainOptions extends ReplayOptions {
  /**
   * How many processes run the plans that are tried; the result does not depend on it. More than 1 needs a scenario of
   * `loadScenario`. By default a long analysis of such a scenario uses all cores, and 1 process does the others.
   */
  readonly workers?: number;
}

export interface ReplayReport {
  /** With its calls, and with stacks. */
  readonly result: RunResult;
  readonly comparison: ReplayComparison;
  /** Whether it is the same run, or another version's run that fails in the same way. */
  readonly isFaithful: boolean;
  /** How it stands to the repro: `mended` where its plan is satisfied now, in two equal runs. */
  readonly replayed: Replayed;
}

/** The repro in a text, of one of these scenarios. @throws InputError */
export function readRepro(text: string, scenarios: readonly Scenario[]): RunnableRepro {
  const parsed = parseRepro(text, scenarios);
  if (parsed.kind === 'malformed') throw new InputError(parsed.message);
  return parsed.value;
}

/** JavaScript can hand over the repro of a `shrink`, which names its scenario and does not have it. @throws InputError */
function expectRunnable(given: unknown): void {
  const { repro, scenario } = (given ?? {}) as Partial<RunnableRepro>;
  if (repro?.plan === undefined || scenario === undefined)
    throw new InputError(
      `expected a repro that readRepro has read, with its scenario, got ${describeValue(given)}`,
    );
}

/** Runs it again and compares. */
export async function replay(repro: RunnableRepro, options: ReplayOptions = {}): Promise<ReplayReport> {
  expectRunnable(repro);
  return listening(expectReplayOptions(options), async (given) => {
    const { runner } = prepare(repro, given, 0);
    const run = (aloud: boolean) => runner.runPlan(repro.repro.plan, { stacks: true, aloud });
    const result = await run(true);
    const { comparison, replayed } = await compareTwice(repro.repro, result, () => run(false));
    return { result, comparison, isFaithful: isFaithful(comparison), replayed };
  });
}

/** Makes it as small as its failure allows. @throws InputError where it does not fail */
export async function shrink(
  repro: RunnableRepro,
  options: ExplainOptions & { readonly maxRuns?: number } = {},
): Promise<{ readonly repro: Repro; readonly result: RunResult; readonly runs: number }> {
  expectRunnable(repro);
  const { maxRuns = SHRINK_RUNS_MAX, workers } = expectShrinkOptions(options);
  return analysing(repro, options, workers, async (given, planRuns) => {
    const { runner, analyst } = prepare(repro, given, maxRuns, planRuns);
    const failure = await runner.runPlan(repro.repro.plan, { stacks: false, aloud: true });
    if (failure.verdict !== 'violated') {
      throw new InputError(`expected a failing repro, got one that is ${failure.verdict}`);
    }
    const shrunk = await analyst.shrink(failure);
    const result = shrunk?.smallest ?? failure;
    return { repro: reproOf(result, repro.repro.budget) ?? repro.repro, result, runs: shrunk?.runs ?? 0 };
  });
}

/** Why the repro fails; undefined where it does not, or where that cannot be found out. */
export async function explain(
  repro: RunnableRepro,
  options: ExplainOptions = {},
): Promise<Explanation | undefined> {
  expectRunnable(repro);
  const { workers } = expectExplainOptions(options);
  return analysing(repro, options, workers, async (given, planRuns) => {
    const { runner, analyst } = prepare(repro, given, 0, planRuns);
    return analyst.explain(await runner.runPlan(repro.repro.plan, { stacks: true, aloud: true }));
  });
}

/** Does the work with the processes that it may use. */
function analysing<T>(
  repro: RunnableRepro,
  options: ReplayOptions,
  workers: number | undefined,
  work: (given: Listening, planRuns: PlanRuns | undefined) => Promise<T>,
): Promise<T> {
  return listening(options, (given) => {
    const { signal } = given;
    const parameters = reproParameters(repro);
    // A number that the caller gave is the caller's decision.
    const atOnce = workers !== undefined;
    return withCounted({ workers, parameters, signal }, (pool) =>
      work(given, pool?.plansOf(repro.scenario.name, { atOnce })),
    );
  });
}

function prepare(
  repro: RunnableRepro,
  { signal, onProgress }: Listening,
  shrinkRunsMax: number,
  planRuns?: PlanRuns,
) {
  const given = { signal, steps };
  const backend = createSimulatedBackend();
  const runner = reproRunner({ ...given, repro, backend, replay: `replay(${repro.scenario.name})` });
  const analyst = new FailureAnalyst(
    { ...given, shrinkRunsMax, explains: true, onProgress, planRuns },
    runner,
  );
  return { runner, analyst };
}
