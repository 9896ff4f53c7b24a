import { Etcd3 } from 'etcd3';
import { afterAll, beforeAll } from 'vitest';
import { startRealCluster, type RealCluster } from '../../sim/backend/real/cluster.js';
import { describeReal } from '../real/available.js';
import { describeInPipes } from './pipe-contract.js';

describeReal('the programs in pipes, against a real etcd', () => {
  let cluster: RealCluster;
  let client: Etcd3;
  beforeAll(async () => {
    cluster = await startRealCluster({
      nodes: [],
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
  describeInPipes(() => ({ endpoint: cluster.observerHosts.join(','), client }));
});
