/**
 * When operations began of which a story has only the end: for a check of overlaps, such as mutual exclusion, the
 * beginnings are what counts. Invariant: an operation with an earlier step of its own stays unchanged.
 */
import type { PastStep } from './recorded-run.js';
import type { RunIndex } from './run-index.js';

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

/** As the list of a story has it: `1,002.500 ms`. */
function timeText(timeUs: number): string {
  const [whole = '', fraction = ''] = (timeUs / 1000).toFixed(3).split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction} ms`;
}
