import { Etcd3 } from 'etcd3';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startRealCluster, type RealCluster } from '../../../sim/backend/real/cluster.js';
import { describeReal } from '../../real/available.js';
import { doubleBarrierBehaviours } from './double-barrier-behaviours.js';
import { barrierBehaviours } from './barrier-behaviours.js';

describeReal('on a real etcd', () => {
  let cluster: RealCluster;
  let client: Etcd3;
  let places = 0;
  beforeAll(async () => {
    cluster = await startRealCluster({
      nodes: ['n1'],
      members: ['m1'],
      withoutProxy: true,
      progress: () => undefined,
    });
    client = new Etcd3({ hosts: cluster.observerHosts });
  });
  afterAll(async () => {
    client.close();
    await cluster.close();
  });

  describe.each([
    ['a barrier', barrierBehaviours],
    ['a double barrier', doubleBarrierBehaviours],
  ])('%s', (_, behaviours) => {
    it.each(behaviours.map((behaviour) => [behaviour.name, behaviour] as const))(
      '%s',
      async (_name, { run }) => {
        await run(client.namespace(`barriers/${places++}/`));
      },
    );
  });
});
