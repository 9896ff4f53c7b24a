/**
 * Nodes that received a change from a watch: code that ignores it may be the cause. Invariant: the author's node does not
 * count, and neither does the watch of the run's log.
 */
import { authorsOf, type Call, type KeyRead } from '../../history/calls.js';
import { OBSERVER } from '../../scenario/expect-nodes.js';
import type { KeyAt } from './missed-changes.js';

/** Changes that arrived at a node together. */
export interface Received {
  /** The stream. */
  readonly call: Call;
  readonly reads: readonly KeyRead[];
  /** Of those that arrived at its node. */
  readonly isLast: boolean;
}

/** Of one node at most so many, the last ones. */
const RECEIVED_MAX = 2;

/** For each node, in the order in which they arrived. */
export function receivedChanges(calls: readonly Call[], changes: readonly KeyAt[]): Received[] {
  const authors = authorsOf(calls);
  const streams = calls.filter(({ node, watches }) => node !== OBSERVER && watches.length > 0);
  return [...new Set(streams.map(({ node }) => node))].flatMap((node) => {
    const arrivals = new Map<number, Omit<Received, 'isLast'>>();
    for (const call of streams.filter((stream) => stream.node === node)) {
      const reads = call.reads.filter(
        ({ key, revision }) =>
          authors.get(revision)?.node !== node &&
          changes.some((change) => change.key === key && change.revision === revision),
      );
      for (const { at } of reads)
        arrivals.set(at.order, { call, reads: reads.filter((read) => read.at.order === at.order) });
    }
    const last = [...arrivals].sort(([one], [other]) => one - other).slice(-RECEIVED_MAX);
    return last.map(([, received], index) => ({ ...received, isLast: index === last.length - 1 }));
  });
}
