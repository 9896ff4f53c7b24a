/**
 * Whether a few operations of a queue have an order that a queue allows, by trying all orders. It certifies
 * witnesses, and tests compare the fast checkers with it. Invariant: it shares nothing with the checkers.
 */
import type { QueueOperation } from './items.js';

export type SearchAnswer = 'possible' | 'impossible' | 'gave up';

const STATES_MAX = 200_000;

interface Inside {
  readonly value: string;
  readonly priority: number;
}

/** Tries all orders. The smallest priority leaves first, within one priority the first to arrive. */
export function searchOrder(given: readonly QueueOperation[], statesMax = STATES_MAX): SearchAnswer {
  const operations = [...given].sort((a, b) => a.invoke - b.invoke);
  const seen = new Set<string>();
  const done = operations.map(() => false);
  let gaveUp = false;

  const search = (inside: readonly Inside[]): boolean => {
    // The next operation must have begun before any remaining one has returned.
    let horizon = Infinity;
    let left = false;
    for (const [index, operation] of operations.entries()) {
      if (done[index] === true || operation.return === undefined) continue;
      left = true;
      horizon = Math.min(horizon, operation.return);
    }
    if (!left) return true;
    const state = `${done.map(Number).join('')} ${inside.map(({ value }) => value).join(' ')}`;
    if (seen.has(state)) return false;
    if (seen.size >= statesMax) {
      gaveUp = true;
      return false;
    }
    seen.add(state);
    let triedUnresolved = false;
    for (const [index, operation] of operations.entries()) {
      if (done[index] === true) continue;
      if (operation.invoke > horizon) break;
      if (operation.kind === 'dequeue' && (operation.return === undefined || operation.value === undefined)) {
        // One that began earlier can replace a later one.
        if (triedUnresolved) continue;
        triedUnresolved = true;
      }
      const after = apply(inside, operation);
      if (after === undefined) continue;
      done[index] = true;
      if (search(after)) return true;
      done[index] = false;
    }
    return false;
  };

  if (search([])) return 'possible';
  return gaveUp ? 'gave up' : 'impossible';
}

/** The contents after the operation, or undefined if a queue does not allow it. */
function apply(inside: readonly Inside[], operation: QueueOperation): readonly Inside[] | undefined {
  const { kind, value, priority = 0 } = operation;
  switch (kind) {
    case 'enqueue':
      return [...inside, { value: String(value), priority }];
    case 'dequeue': {
      let first = inside[0];
      for (const item of inside) if (first !== undefined && item.priority < first.priority) first = item;
      if (first === undefined) return undefined;
      if (operation.return !== undefined && value !== undefined && first.value !== value) return undefined;
      return inside.filter((item) => item !== first);
    }
    default:
      return kind satisfies never;
  }
}
