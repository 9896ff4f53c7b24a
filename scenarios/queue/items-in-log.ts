/**
 * The queues' items, from etcd's log: when each came and left. Invariant: they follow only from the log,
 * never from nodes' results.
 */
import type { History } from '../../sim/history/history.js';

/** One key of one queue, from its first put to its end. */
export interface LoggedItem {
  readonly queue: string;
  readonly key: string;
  readonly value: string;
  readonly priority: number | undefined;
  readonly cameAt: number;
  /** Undefined if it still exists. */
  left: { readonly revision: number; readonly how: 'deleted' | 'overwritten' } | undefined;
}

/** Every item that ever was in one of these queues, in the order of the log. */
export function readItems(history: History, queues: readonly string[], priorities: boolean): LoggedItem[] {
  const shape = priorities ? /^(.*)\/(\d{5})\/(\d{16,})$/ : /^(.*)\/(\d{17,})$/;
  const items: LoggedItem[] = [];
  const present = new Map<string, LoggedItem>();
  for (const { revision, events } of history.log) {
    for (const { type, key, value } of events) {
      const [, queue, number] = shape.exec(key) ?? [];
      if (queue === undefined || !queues.includes(queue)) continue;
      const before = present.get(key);
      if (before !== undefined) {
        before.left = { revision, how: type === 'put' ? 'overwritten' : 'deleted' };
        present.delete(key);
      }
      if (type !== 'put') continue;
      const priority = priorities ? Number(number) : undefined;
      const item = { queue, key, value, priority, cameAt: revision, left: undefined };
      present.set(key, item);
      items.push(item);
    }
  }
  return items;
}
