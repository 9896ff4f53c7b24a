/** Runs one plan on one backend and judges what came of it. */
import type { Backend, ExecutionRequest } from '../backend/backend.js';
import { runChecks, type CheckResult } from '../check/check.js';
import type { Stage } from '../engine/heartbeat.js';
import { EscapeError } from '../engine/escape-error.js';
import { expectPlan } from '../explore/expect-request.js';
import type { History } from '../history/history.js';
import { leavesOpen, type Problem, type RunResult, type Verdict } from '../run/run-result.js';
import { checksOf } from '../scenario/expect-checks.js';
import { problemsOfChecks, summarize } from './scenario-problems.js';
import { VERSION } from '../version.js';

/** One run of one plan. */
export interface RunRequest extends ExecutionRequest {
  readonly backend: Backend;
  /** Whether errors carry stacks; they cost up to half of a run's time and are never part of a trace. */
  readonly stacks: boolean;
  /** The shell command that runs this again. */
  readonly replay: string;
}

/**
 * Runs the plan. Rejects with the signal's reason when aborted, with an {@link EscapeError} where a node leaves the
 * simulation, and where the backend or the setup fails.
 */
export async function runPlan(request: RunRequest): Promise<RunResult> {
  const { scenario, backend } = request;
  const plan = expectPlan(scenario, request.plan);
  const at = (stage: Stage) => request.heartbeat?.at({ stage, scenario: scenario.name, seed: plan.seed });
  const rules = checksOf(scenario, plan.options);
  at('runs');
  const execution = await withStacks(request.stacks, () => backend.execute({ ...request, plan })).catch(
    (error: unknown) => {
      if (error instanceof EscapeError) error.replay = request.replay;
      throw error;
    },
  );
  at('checks');
  const late = scenario.isOpen === true ? checksOf(scenario, plan.options) : rules;
  const checks = runChecks(late, execution.history);
  at('summarizes');
  const summary = summarize(scenario, execution.history, plan);
  at('has run');
  const problems = [...execution.problems, ...problemsOfChecks(checks), ...summary.problems];
  return {
    version: VERSION,
    backend: backend.name,
    plan,
    verdict: verdictOf(checks, problems),
    checks,
    problems,
    faults: execution.faults,
    operations: execution.history.operations,
    log: execution.history.log,
    ...(execution.history.calls === undefined ? {} : { calls: execution.history.calls }),
    ...(execution.history.testReads === undefined ? {} : { testReads: execution.history.testReads }),
    ...(execution.history.incidents === undefined ? {} : { incidents: execution.history.incidents }),
    ...(execution.history.outsideKeys === undefined ? {} : { outsideKeys: execution.history.outsideKeys }),
    ...(execution.history.skips === undefined ? {} : { skips: execution.history.skips }),
    summary: summary.lines,
    counters: execution.counters,
    ...(scenario.marks === undefined ? {} : { marks: marksReached(scenario.marks, execution.history) }),
    ...(execution.virtualTimeMs === undefined ? {} : { virtualTimeMs: execution.virtualTimeMs }),
    wallTimeMs: execution.wallTimeMs,
    ...(execution.trace === undefined ? {} : { trace: execution.trace }),
    ...(execution.recording === undefined ? {} : { recording: execution.recording }),
    ...(execution.checkpoints === undefined ? {} : { checkpoints: execution.checkpoints }),
    replay: request.replay,
  };
}

function marksReached(marks: readonly string[], history: History): NonNullable<RunResult['marks']> {
  return marks.map((mark) => ({ mark, reached: history.marks?.includes(mark) === true }));
}

/** A violation outweighs what is inconclusive, and that outweighs satisfaction. */
export function verdictOf(checks: readonly CheckResult[], problems: readonly Problem[]): Verdict {
  if (checks.some((check) => check.verdict === 'violated')) return 'violated';
  if (!problems.every(leavesOpen)) return 'violated';
  if (problems.length > 0 || checks.some((check) => check.verdict === 'inconclusive')) return 'inconclusive';
  return 'satisfied';
}

/** Runs may overlap: the first of them ends the stacks, and the last one brings them back. */
let runsWithoutStacks = 0;
let limitBefore = 0;

async function withStacks<T>(stacks: boolean, body: () => Promise<T>): Promise<T> {
  if (stacks) return body();
  if (runsWithoutStacks++ === 0) {
    limitBefore = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
  }
  try {
    return await body();
  } finally {
    if (--runsWithoutStacks === 0) Error.stackTraceLimit = limitBefore;
  }
}
