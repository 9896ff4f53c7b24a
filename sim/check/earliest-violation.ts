/**
 * The violation that shows first: that of the shortest prefix of a history that is wrong by itself, by halving. What had
 * not ended by then, or not even begun, is taken for what has no answer, so that a prefix is a history. Invariant: with
 * one return less there is no violation.
 */
import type { Finding } from './check.js';

interface InTime {
  readonly id: string;
  readonly invoke: number;
  readonly return?: number | undefined;
}

/** So often it tries where a witness ended, which mostly is the place; then it halves. */
const GUESSES_MAX = 6;

/**
 * @param judge whether operations are right, by itself
 * @param forget what is left of an operation before its return; nothing where it means nothing then
 */
export function earliest<One extends InTime>(
  operations: readonly One[],
  judge: (operations: readonly One[]) => Finding,
  forget: (operation: One) => One | undefined,
): Finding {
  let found = judge(operations);
  if (found.verdict !== 'violated') return found;
  const returns = Float64Array.from(new Set(operations.flatMap((one) => one.return ?? []))).sort();
  // A prefix is what has returned by one of the returns, that one included. None is wrong up to `low`; that at `high` is.
  let low = -1;
  let high = returns.length - 1;
  for (let guesses = 0; low + 1 < high; guesses++) {
    const guess = Math.min(high - 1, returns.indexOf(lastReturn(operations, found, returns[high] ?? 0)));
    const place = guesses < GUESSES_MAX && guess > low ? guess : (low + high) >>> 1;
    const finding = judge(upTo(operations, returns[place] ?? 0, forget));
    if (finding.verdict === 'violated') {
      found = finding;
      high = place;
    } else low = place;
  }
  return found;
}

function upTo<One extends InTime>(
  operations: readonly One[],
  moment: number,
  forget: (operation: One) => One | undefined,
): One[] {
  return operations.flatMap((one): One[] => {
    if (one.return === undefined || one.return <= moment) return [one];
    const left = forget(one);
    return left === undefined ? [] : [left];
  });
}

/** The last return that a violation names, of those up to a moment. */
function lastReturn(
  operations: readonly InTime[],
  { operations: ids }: Extract<Finding, { readonly verdict: 'violated' }>,
  moment: number,
): number {
  const named = new Set(ids);
  let last = -Infinity;
  for (const { id, return: end = Infinity } of operations) {
    if (end <= moment && end > last && named.has(id)) last = end;
  }
  return last;
}
