/**
 * Marks are rare situations that a sweep should reach, so that a green sweep has exercised something. A sweep
 * counts how many of the seeds that could reach a mark did so. Invariant: a mark that no seed reached is
 * listed with 0.
 */
import type { RunResult } from '../run/run-result.js';

/** How many of how many seeds reached a mark. */
export interface MarkCount {
  readonly mark: string;
  readonly reached: number;
  readonly possible: number;
}

/**
 * Every mark that the run could reach, with whether it did: the faults of its plan, outcomes, the scenario's
 * own.
 */
export function marksOf(result: RunResult): ReadonlyMap<string, boolean> {
  const marks = new Map<string, boolean>();
  for (const { kind, hits } of result.faults) {
    const mark = `${kind} hits`;
    marks.set(mark, hits > 0 || (marks.get(mark) ?? false));
  }
  const { operations, checks } = result;
  const ended = (kind: 'ok' | 'failed' | 'indefinite') =>
    operations.some(({ outcome }) => outcome?.kind === kind);
  marks.set('an operation succeeds', ended('ok'));
  marks.set('a check sees an operation', checks.length > 0 && operations.length > 0);
  marks.set('an operation fails', ended('failed'));
  marks.set('an operation is indefinite', ended('indefinite'));
  for (const { mark, reached } of result.marks ?? []) marks.set(mark, reached);
  return marks;
}

/** Counts the marks of a sweep. */
export class MarkCounter {
  readonly #counts = new Map<string, { reached: number; possible: number }>();

  /** Takes the marks that one seed reached, and those that it could have reached. */
  add({
    reached,
    missed,
  }: {
    readonly reached: readonly string[];
    readonly missed: readonly string[];
  }): void {
    for (const mark of reached) this.#countOf(mark).reached += 1;
    for (const mark of [...reached, ...missed]) this.#countOf(mark).possible += 1;
  }

  #countOf(mark: string): { reached: number; possible: number } {
    const count = this.#counts.get(mark) ?? { reached: 0, possible: 0 };
    this.#counts.set(mark, count);
    return count;
  }

  /** The rarest first, then by name. */
  get counts(): readonly MarkCount[] {
    return [...this.#counts]
      .map(([mark, count]) => ({ mark, ...count }))
      .sort((left, right) => left.reached - right.reached || (left.mark < right.mark ? -1 : 1));
  }
}
