/** One real etcd of one member, without Toxiproxy, for the tests of a file or a `describe`. */
import { Etcd3 } from 'etcd3';
import { afterAll, beforeAll } from 'vitest';
import { startRealCluster, type RealCluster } from '../../../sim/backend/real/cluster.js';

export interface OneEtcd {
  /** Known once tests run. */
  readonly hosts: readonly string[];
  /** A client for as long as the etcd runs. */
  client(): Etcd3;
}

/** Starts it before the tests and ends it after them. */
export function oneEtcd(): OneEtcd {
  const clients: Etcd3[] = [];
  let cluster: RealCluster | undefined;
  const hosts = (): string[] => {
    if (cluster === undefined) throw new Error('expected a test that runs: the etcd is not there yet');
    return cluster.observerHosts;
  };
  beforeAll(async () => {
    cluster = await startRealCluster({
      ...{ nodes: [], members: ['m1'], withoutProxy: true, progress: () => undefined },
    });
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await cluster?.close();
  });
  return {
    get hosts() {
      return hosts();
    },
    client() {
      const client = new Etcd3({ hosts: hosts() });
      clients.push(client);
      return client;
    },
  };
}
