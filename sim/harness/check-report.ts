/** The findings of a check, as data and as an error that a test runner shows well. */
import type { Budget } from '../engine/engine.js';
import type { SweepResult } from '../explore/sweep-result.js';
import { formatRun } from '../report/terminal.js';
import type { RunResult } from '../run/run-result.js';
import type { Failure, CheckOutcome } from './checker.js';

/** A failure, with its smallest run. */
export interface ReportedFailure extends Failure {
  /** The smallest run that fails in this way, with its explanation, if any. */
  readonly smallest: RunResult;
}

export function reported(failure: Failure): ReportedFailure {
  const { result, shrunk, explanation } = failure;
  const smallest = shrunk?.smallest ?? result;
  return { ...failure, smallest: explanation === undefined ? smallest : { ...smallest, explanation } };
}

export interface CheckReport {
  /** The scenario's name. */
  readonly scenario: string;
  readonly outcome: CheckOutcome;
  /** One for each kind of failure; the first is the one to read. */
  readonly failures: readonly ReportedFailure[];
  /** A failure of an earlier check that still fails. */
  readonly known?: RunResult | undefined;
  /** How two runs of one seed differ; empty if they do not. */
  readonly differences: readonly string[];
  /** Counters, marks and every failed seed; absent if a known failure ended the check before the first seed. */
  readonly sweep?: SweepResult;
  /** The limits of each run. */
  readonly budget: Budget;
  /** @throws CheckError unless every seed was satisfied */
  assert(): void;
}

/** A check that was not satisfied. Its message is the story of the first failure. */
export class CheckError extends Error {
  override readonly name = 'CheckError';

  declare readonly report: CheckReport;

  constructor(report: CheckReport) {
    super(messageOf(report));
    // Node.js prints every enumerable property of an error that nothing catches: hundreds of lines.
    Object.defineProperty(this, 'report', { value: report });
  }
}

const WIDTH = 100;

/** Such as ` after 20 of 100 seeds`. */
export function describeRan({ seedsRun, seedsPlanned, outOfTime }: SweepResult): string {
  return ` after ${seedsRun} of ${seedsPlanned} seeds${outOfTime ? ', out of time' : ''}`;
}

function messageOf({ scenario, outcome, failures, known, differences, sweep }: CheckReport): string {
  const [first] = failures;
  const shown = first?.smallest ?? known;
  const ran = sweep === undefined ? '' : describeRan(sweep);
  const head = `${scenario} is ${outcome}${ran}`;
  const lines = differences.length === 0 ? [head] : [head, ...differences];
  return shown === undefined
    ? lines.join('\n')
    : `${lines.join('\n')}\n\n${formatRun(shown, { color: false, width: WIDTH }).trimEnd()}`;
}
