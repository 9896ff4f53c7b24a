/**
 * Wrong on purpose: looks for the first item and deletes it without comparing that it still exists, so that
 * two that look at the same time get the same item.
 */
import type { OpenQueues } from '../../queue/handle.js';
import { openPriorityQueues, openQueues } from '../../queue/recipe.js';
import { pause } from '../../timing.js';

const PAUSE_WHILE_EMPTY_MS = 20;

export const openNaiveQueues: OpenQueues = (context) => naive(context, openQueues, /^\d{17,}$/, 'Mod');

export const openNaivePriorityQueues: OpenQueues = (context) =>
  naive(context, openPriorityQueues, /^\d{5}\/\d{16}$/, 'Key');

function naive(
  context: Parameters<OpenQueues>[0],
  right: OpenQueues,
  shape: RegExp,
  order: 'Mod' | 'Key',
): ReturnType<OpenQueues> {
  const client = context.client.namespace(context.prefix);
  const maker = right(context);
  return {
    ...maker,
    open: (name) => ({
      ...maker.open(name),
      async dequeue(signal) {
        for (;;) {
          signal.throwIfAborted();
          const { kvs } = await client.getAll().prefix(`${name}/`).sort(order, 'Ascend').exec();
          const first = kvs.find(({ key }) => shape.test(key.toString().slice(name.length + 1)));
          if (first === undefined) {
            await pause(PAUSE_WHILE_EMPTY_MS);
            continue;
          }
          await client.delete().key(first.key);
          return { value: first.value.toString() };
        }
      },
    }),
  };
}
