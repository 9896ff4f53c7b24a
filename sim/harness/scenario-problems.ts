/**
 * What a scenario's own code does wrong once a run is over: a check or the summary that throws, or answers what makes no
 * sense. Invariant: it spoils no result: what the run found stays, and the mistake is a problem with the user's stack.
 */
import type { CheckResult } from '../check/check.js';
import type { Plan } from '../plan/plan.js';
import type { History } from '../history/history.js';
import { describeThrown, stackOf } from '../input/describe-thrown.js';
import type { Scenario, SummaryLine } from '../scenario/scenario.js';
import { expectSummary } from '../scenario/summary-of.js';

/** One of the problems that a run can have. */
export interface ScenarioProblem {
  readonly kind: 'scenario-error';
  /** Such as `check sum`. */
  readonly part: string;
  readonly message: string;
  /** Empty where nothing was thrown. */
  readonly stack: string;
}

/** A problem for each check that is wrong itself. */
export function problemsOfChecks(results: readonly CheckResult[]): readonly ScenarioProblem[] {
  return results.flatMap((result) =>
    result.verdict === 'inconclusive' && result.defect !== undefined
      ? [problemOf(`check ${result.check}`, result.reason, result.defect.stack)]
      : [],
  );
}

/** The scenario's own lines; none, and a problem, where it has none to give. */
export function summarize(
  scenario: Scenario,
  history: History,
  { options }: Pick<Plan, 'options'>,
): { readonly lines: readonly SummaryLine[]; readonly problems: readonly ScenarioProblem[] } {
  try {
    return { lines: expectSummary(scenario.summarize(history, options)), problems: [] };
  } catch (thrown) {
    const reason = `threw ${describeThrown(thrown)}`;
    return { lines: [], problems: [problemOf('summarize()', reason, stackOf(thrown))] };
  }
}

function problemOf(part: string, reason: string, stack: string): ScenarioProblem {
  return { kind: 'scenario-error', part, message: `${part}: ${reason}`, stack };
}
