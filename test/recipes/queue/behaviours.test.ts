import { describe, it } from 'vitest';
import { inSimulation } from '../in-simulation.js';
import { priorityQueueBehaviours } from './priority-queue-behaviours.js';
import { queueBehaviours } from './queue-behaviours.js';

describe.each([
  ['a queue', queueBehaviours],
  ['a priority queue', priorityQueueBehaviours],
])('%s, in simulation', (_, behaviours) => {
  it.each(behaviours.map((behaviour) => [behaviour.name, behaviour] as const))(
    '%s',
    async (_name, { run }) => {
      await inSimulation((etcd) => run(etcd.client()));
      // In a namespace, too, and with other delays.
      await inSimulation((etcd) => run(etcd.client().namespace('a/')), { seed: 2, members: 3 });
    },
  );
});
