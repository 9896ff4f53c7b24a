/**
 * The revisions that an operation may have seen, as far as real time shows. None is older than those reported
 * before its invocation, and none newer than those requested before its return. Invariant: the true revision
 * is in that range.
 */
import type { History, Operation } from '../../sim/history/history.js';

/** Both included. */
export interface RevisionSpan {
  readonly low: number;
  readonly high: number;
}

export interface KnownRevisions {
  during(operation: Operation): RevisionSpan;
}

export function knownRevisions({ operations, log }: History): KnownRevisions {
  const told = operations
    .flatMap((operation) => {
      const revision = revisionOf(operation);
      if (revision === undefined || operation.return === undefined) return [];
      return [{ sequence: operation.return.sequence, revision }];
    })
    .sort((left, right) => left.sequence - right.sequence);
  const invoked = new Map(operations.map(({ id, invoke }) => [id, invoke.sequence]));
  const asked = log
    .flatMap(({ revision, events }) =>
      events.flatMap(({ type, value }) => {
        const sequence = type === 'put' ? invoked.get(value) : undefined;
        return sequence === undefined ? [] : [{ sequence, revision }];
      }),
    )
    .sort((left, right) => right.sequence - left.sequence);
  return {
    during(operation) {
      let low = 0;
      for (const { sequence, revision } of told) {
        if (sequence > operation.invoke.sequence) break;
        low = Math.max(low, revision);
      }
      let high = Infinity;
      for (const { sequence, revision } of asked) {
        if (sequence < (operation.return?.sequence ?? Infinity)) break;
        high = Math.min(high, revision - 1);
      }
      return { low, high };
    },
  };
}

/** The newest revision that its caller received. */
function revisionOf({ outcome }: Operation): number | undefined {
  if (outcome?.kind !== 'ok') return undefined;
  const { elected } = Object(outcome.output) as { elected?: number | null };
  return outcome.revision ?? elected ?? undefined;
}
