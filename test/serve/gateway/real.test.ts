/**
 * The JSON gateway and etcd's own get the same requests, and return the same bodies, codes and headers, in
 * every version.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRealCluster, type RealCluster } from '../../../sim/backend/real/cluster.js';
import { etcdToolOf } from '../../../sim/backend/real/tools.js';
import { etcdVersions } from '../../../sim/etcd/version.js';
import { serveEtcd, type ServedEtcd } from '../../../sim/serve/serve.js';
import { provideIfInstalled } from '../../real/provide.js';
import { GatewayClient } from './ask.js';
import { gatewayRequests } from './requests.js';

describe.each(etcdVersions)('the JSON gateway of etcd %s', async (version) => {
  const etcd = etcdToolOf(version);
  const provided = await provideIfInstalled(etcd, () => undefined);
  let real: RealCluster | undefined;
  let served: ServedEtcd | undefined;

  beforeAll(async () => {
    if (provided.kind !== 'found') return;
    served = await serveEtcd({ version });
    real = await startRealCluster({
      ...{ nodes: [], members: ['m1'], withoutProxy: true, etcd, progress: () => undefined },
      etcdFlags: ['--unsafe-no-fsync', '--bcrypt-cost=4'],
    });
    await real.ready();
  });
  afterAll(async () => {
    await served?.close();
    await real?.close();
  });

  it.skipIf(provided.kind !== 'found')('answers as etcd does', async () => {
    const ours = new GatewayClient(served?.endpoints[0] ?? '');
    const theirs = new GatewayClient(real?.observerHosts[0] ?? '');
    for (const request of gatewayRequests) {
      const [answer, expected] = await Promise.all([ours.ask(request), theirs.ask(request)]);
      expect({ request, ...answer }).toEqual({ request, ...expected });
    }
  });
});
