/**
 * Checks the witness of a violation with the search through all orders. Invariant: a violation is reported
 * only if the search finds its witness impossible; a witness that it refutes, or cannot decide, is
 * inconclusive.
 */
import type { Finding } from '../check.js';
import type { QueueOperation } from './items.js';
import { searchOrder } from './search.js';

/**
 * The finding itself, if its witness is impossible by itself.
 *
 * @param statesMax how many states the search may see
 */
export function certified(
  finding: Finding,
  operations: readonly QueueOperation[],
  statesMax?: number,
): Finding {
  if (finding.verdict !== 'violated') return finding;
  const named = new Set(finding.operations);
  const witness = operations.filter((operation) => named.has(operation.id));
  const answer = searchOrder(witness, statesMax);
  if (answer === 'impossible') return finding;
  const names = finding.operations.join(', ');
  const reason =
    answer === 'possible'
      ? `bug in the checker: ${finding.message}, yet ${names} have an order`
      : `cannot certify that ${finding.message}: ${names} have too many orders`;
  return { verdict: 'inconclusive', reason };
}
