/**
 * The shape of a check: a pure function over a history that answers satisfied, violated (with a witness of few
 * operations) or inconclusive (with the reason). Never a boolean, never an exception.
 */
import { describeThrown, stackOf } from '../input/describe-thrown.js';
import { describeValue } from '../input/describe-value.js';
import type { History } from '../history/history.js';

/** The result of a check. */
export type Finding =
  | { readonly verdict: 'satisfied' }
  | {
      readonly verdict: 'violated';
      /** One sentence in the scenario's own words. */
      readonly message: string;
      /** Ids of the few operations that show it; may be empty if the log alone shows it. */
      readonly operations: readonly string[];
      /** Revisions that show it. */
      readonly revisions: readonly number[];
    }
  | {
      readonly verdict: 'inconclusive';
      readonly reason: string;
      /** If the check itself is wrong: the stack of its exception, empty if it threw none. */
      readonly defect?: { readonly stack: string };
      /** Names of operations that the history should have and has not. */
      readonly absent?: readonly string[];
    };

/** A rule over a history; a scenario's own may see its operations typed. */
export interface Check<Seen = History> {
  /** Kebab-case and stable: repros refer to it. */
  readonly name: string;
  /** What must hold, as a sentence. */
  readonly description: string;
  /** Names of the operations that it judges, if it can do nothing without them. */
  readonly operations?: readonly string[];
  check(history: Seen): Finding;
}

/** A finding together with the check that made it. */
export type CheckResult = Finding & { readonly check: string; readonly description: string };

/** Runs every check over the history, in the given order. One that throws has decided nothing. */
export function runChecks(checks: readonly Check[], history: History): CheckResult[] {
  return checks.map((check) => ({
    check: check.name,
    description: check.description,
    ...find(check, history),
  }));
}

function find(check: Check, history: History): Finding {
  try {
    const finding: unknown = check.check(history);
    if (isFinding(finding)) return finding;
    const reason = `expected a finding such as { verdict: 'satisfied' }, got ${describeValue(finding)}`;
    return { verdict: 'inconclusive', reason, defect: { stack: '' } };
  } catch (thrown) {
    const reason = `the check threw ${describeThrown(thrown)}`;
    return { verdict: 'inconclusive', reason, defect: { stack: stackOf(thrown) } };
  }
}

/** The scenarios of a config file are not type-checked. */
function isFinding(value: unknown): value is Finding {
  if (typeof value !== 'object' || value === null) return false;
  const { verdict, message, reason, operations, revisions } = value as Readonly<Record<string, unknown>>;
  switch (verdict) {
    case 'satisfied':
      return true;
    case 'violated':
      return (
        typeof message === 'string' &&
        isListOf(operations, (id) => typeof id === 'string') &&
        isListOf(revisions, Number.isSafeInteger)
      );
    case 'inconclusive':
      return typeof reason === 'string';
    default:
      return false;
  }
}

function isListOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}
