/**
 * The remaining work of a node whose process died. Invariant: as in its normal work, every planned enqueue is
 * repeated until one is ok, each time under a new name. Every planned dequeue is repeated until it may have
 * taken an item.
 */
import type { PerformedOperation, QueueOperation } from './plan.js';

export function restartQueues(
  operations: readonly QueueOperation[],
  begun: readonly PerformedOperation[],
): readonly QueueOperation[] {
  return operations.flatMap((planned) => {
    const attempts = begun.filter(({ id }) => id === planned.id || id.startsWith(`${planned.id}.`));
    if (attempts.some((attempt) => isDone(planned, attempt))) return [];
    return attempts.length === 0 ? [planned] : [{ ...planned, id: `${planned.id}.${attempts.length + 1}` }];
  });
}

function isDone({ name }: QueueOperation, { outcome }: PerformedOperation): boolean {
  switch (name) {
    case 'enqueue':
      return outcome?.kind === 'ok';
    case 'dequeue':
      return outcome?.kind !== 'failed';
    default:
      return true;
  }
}
