/** Counts the outcomes of mutants. Invariant: a change that no test reaches counts as one that no test notices. */
import type { MutantResult } from '@stryker-mutator/api/core';

export interface Score {
  readonly mutants: number;
  readonly killed: number;
  readonly timedOut: number;
  readonly survived: number;
  readonly notCovered: number;
  /** Excluded by a comment in the code that gives the reason. */
  readonly excluded: number;
  /** Of a hundred changes that were not excluded, how many made a test fail or run for ever. */
  readonly percent: number;
}

export type Outcome = Pick<MutantResult, 'status'>;

export function scoreOf(results: readonly Outcome[]): Score {
  const count = (...statuses: readonly Outcome['status'][]) =>
    results.filter(({ status }) => statuses.includes(status)).length;
  const killed = count('Killed', 'CompileError', 'RuntimeError');
  const timedOut = count('Timeout');
  const survived = count('Survived');
  const notCovered = count('NoCoverage', 'Pending');
  const mutants = killed + timedOut + survived + notCovered;
  const percent = mutants === 0 ? 100 : (100 * (killed + timedOut)) / mutants;
  return { mutants, killed, timedOut, survived, notCovered, excluded: count('Ignored'), percent };
}
