/**
 * The shape of a check: a pure function over a history that answers satisfied, violated (with a witness of few
 * operations) or inconclusive (with the reason). Never a boolean, never an exception.
 */
import type { History } from '../history/history.js';

/** What a check found. */
export type Finding =
  | { readonly verdict: 'satisfied' }
  | {
      readonly verdict: 'violated';
      /** One sentence in the scenario's own words. */
      readonly message: string;
      /** Ids of the few operations that show it; may be empty where the log alone shows it. */
      readonly operations: readonly string[];
      /** Revisions that show it. */
      readonly revisions: readonly number[];
    }
  | { readonly verdict: 'inconclusive'; readonly reason: string };

/** A rule over a history. */
export interface Check {
  /** Kebab-case and stable: repros refer to it. */
  readonly name: string;
  /** What must hold, as a sentence. */
  readonly description: string;
  check(history: History): Finding;
}

/** A finding together with the check that made it. */
export type CheckResult = Finding & { readonly check: string; readonly description: string };

/** Runs every check over the history, in the order given. */
export function runChecks(checks: readonly Check[], history: History): CheckResult[] {
  return checks.map((check) => ({
    check: check.name,
    description: check.description,
    ...check.check(history),
  }));
}
