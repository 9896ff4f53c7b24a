/**
 * When operations began of which a story has only the end: for a check of overlaps, such as mutual exclusion, the
 * beginnings are what counts. Invariant: an operation with an earlier step of its own stays unchanged.
 */
import type { PastStep } from './recorded-run.js';
import type { RunIndex } from './run-index.js';
import { timeText } from './time-text.js';

/** @param steps in order */
export function withBeginnings(index: RunIndex, steps: readonly PastStep[]): PastStep[] {
  const seen = new Set<string>();
  return steps.map((step) => {
    const { operation: id, kind, ofWitness, what } = step;
    if (id === undefined || seen.has(id)) return step;
    seen.add(id);
    const operation = index.operation(id);
    if (kind !== 'ended' || !ofWitness || operation?.return === undefined) return step;
    // It took no time.
    if (operation.return.timeUs === operation.invoke.timeUs) return step;
    return { ...step, what: `${what}, begun at ${timeText(operation.invoke.timeUs)}` };
  });
}
