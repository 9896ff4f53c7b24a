/** Our own recipes, adapted to the scenarios. */
import { PriorityQueue, Queue } from '../../src/index.js';
import type { OpenQueues } from './handle.js';

export const openQueues: OpenQueues = ({ client, prefix }) => ({
  open(name) {
    const queue = new Queue(client.namespace(prefix), name);
    return {
      enqueue: (value, _, signal) => queue.enqueue(value, { signal }),
      async dequeue(signal) {
        const { value, revision } = await queue.dequeue({ signal });
        return { value, revision };
      },
      close: () => queue.close(),
    };
  },
  end: () => undefined,
});

export const openPriorityQueues: OpenQueues = ({ client, prefix }) => ({
  open(name) {
    const queue = new PriorityQueue(client.namespace(prefix), name);
    return {
      enqueue: (value, priority, signal) => queue.enqueue(value, priority, { signal }),
      async dequeue(signal) {
        const { value, priority, revision } = await queue.dequeue({ signal });
        return { value, priority, revision };
      },
      close: () => queue.close(),
    };
  },
  end: () => undefined,
});
