/**
 * Finds the violation that shows first: in the shortest prefix of a history that is wrong by itself, by
 * halving. An operation that had not ended by then, or not even begun, counts as unanswered, so that a prefix
 * is a history. Invariant: with one return less there is no violation.
 */
import type { Finding } from './check.js';

interface InTime {
  readonly id: string;
  readonly invoke: number;
  readonly return?: number | undefined;
}

/** How often it tries the end of a witness, which usually is the place; then it halves. */
const GUESSES_MAX = 6;

/**
 * @param judge whether operations are right, by themselves
 * @param forget the operation before its return; undefined if it means nothing then
 */
export function earliest<One extends InTime>(
  operations: readonly One[],
  judge: (operations: readonly One[]) => Finding,
  forget: (operation: One) => One | undefined,
): Finding {
  let found = judge(operations);
  if (found.verdict !== 'violated') return found;
  const returns = Float64Array.from(new Set(operations.flatMap((one) => one.return ?? []))).sort();
  // A prefix holds everything that has returned by a given return, inclusive. No prefix up to `low` is wrong;
  // the one at `high` is.
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

/** The last return up to a moment that a violation names. */
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
