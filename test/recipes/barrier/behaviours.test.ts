import { describe, it } from 'vitest';
import { inSimulation } from '../in-simulation.js';
import { barrierBehaviours } from './barrier-behaviours.js';
import { doubleBarrierBehaviours } from './double-barrier-behaviours.js';

describe.each([
  ['a barrier', barrierBehaviours],
  ['a double barrier', doubleBarrierBehaviours],
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
