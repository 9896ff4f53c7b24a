/**
 * Holds the witness of a violation against the search through all orders. Invariant: a violation that the search can
 * refute is not reported as one.
 */
import type { Finding } from '../check.js';
import type { QueueOperation } from './items.js';
import { searchOrder } from './search.js';

/** The finding itself, unless its witness turns out to be possible. */
export function certified(finding: Finding, operations: readonly QueueOperation[]): Finding {
  if (finding.verdict !== 'violated') return finding;
  const named = new Set(finding.operations);
  const witness = operations.filter((operation) => named.has(operation.id));
  if (searchOrder(witness) !== 'possible') return finding;
  return {
    verdict: 'inconclusive',
    reason: `the checker contradicts itself: ${finding.message}, and yet there is an order for ${finding.operations.join(', ')}`,
  };
}
