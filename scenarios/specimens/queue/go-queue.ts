/**
 * `recipe.Queue` and `recipe.PriorityQueue` of etcd's Go client (v3.6.14), ported line by line: over a client
 * that sends everything once, as Go's does, or over plain etcd3, which resends silently.
 */
import type { Namespace } from 'etcd3';
import type { OpenQueues, QueueHandle } from '../../queue/handle.js';
import { clientWithoutResends } from '../client-without-resends.js';
import { goNanoseconds } from '../go-nanoseconds.js';
import { dequeueFirst, newSequentialKv, newUniqueKv, type Clock } from './go-keys.js';

export const openGoQueues: OpenQueues = (context) => {
  const client = clientWithoutResends(context);
  const place = client.namespace(context.prefix);
  const now = goNanoseconds(context.node);
  return { open: (name) => goQueue(place, name, now), end: () => client.close() };
};

export const openResendingGoQueues: OpenQueues = (context) => {
  const place = context.client.namespace(context.prefix);
  const now = goNanoseconds(context.node);
  return { open: (name) => goQueue(place, name, now), end: () => undefined };
};

export const openGoPriorityQueues: OpenQueues = (context) => {
  const client = clientWithoutResends(context);
  const place = client.namespace(context.prefix);
  return { open: (name) => goPriorityQueue(place, name), end: () => client.close() };
};

export const openResendingGoPriorityQueues: OpenQueues = ({ client, prefix }) => {
  const place = client.namespace(prefix);
  return { open: (name) => goPriorityQueue(place, name), end: () => undefined };
};

function goQueue(client: Namespace, name: string, now: Clock): QueueHandle {
  return {
    async enqueue(value) {
      await newUniqueKv(client, name, value, now);
      return {};
    },
    dequeue: () =>
      dequeueFirst(client, name, () => client.getAll().prefix(name).sort('Mod', 'Ascend').limit(1).exec()),
    close: () => Promise.resolve(),
  };
}

function goPriorityQueue(client: Namespace, name: string): QueueHandle {
  const key = `${name}/`;
  return {
    async enqueue(value, priority) {
      await newSequentialKv(client, key + String(priority).padStart(5, '0'), value);
      return {};
    },
    dequeue: () =>
      dequeueFirst(client, key, () => client.getAll().prefix(key).sort('Key', 'Ascend').limit(1).exec()),
    close: () => Promise.resolve(),
  };
}
