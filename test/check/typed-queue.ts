/**
 * A queue as a sequential type, for the search that knows nothing about queues: it shares no line with the
 * checkers.
 */
import type { QueueOperation } from '../../sim/check/queue/items.js';
import type { SequentialType, TimedCall } from '../../sim/check/linearizable.js';

/** The contents, in the order of arrival. */
type Inside = readonly { readonly value: string; readonly priority: number }[];

export const queueType: SequentialType<Inside, QueueOperation> = {
  initial: [],
  apply(inside, { kind, value, priority = 0, return: end }) {
    if (kind === 'enqueue') return [...inside, { value: value ?? '', priority }];
    const least = Math.min(...inside.map((item) => item.priority));
    const place = inside.findIndex((item) => item.priority === least);
    const isKnown = end !== undefined && value !== undefined;
    if (place === -1 || (isKnown && inside[place]?.value !== value)) return undefined;
    return inside.toSpliced(place, 1);
  },
  textOf: (inside) => inside.map(({ value }) => value).join(' '),
};

export function queueCalls(operations: readonly QueueOperation[]): TimedCall<QueueOperation>[] {
  return operations.map((call) => ({ id: call.id, call, invoke: call.invoke, return: call.return }));
}
