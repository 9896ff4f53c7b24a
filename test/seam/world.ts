/** A simulated world with one etcd and any number of etcd3 clients, each a node of its own. */
import { Etcd3 } from 'etcd3';
import { hostOf } from '../../sim/backend/simulated.js';
import { Engine } from '../../sim/engine/engine.js';
import { createCluster } from '../../sim/etcd/cluster.js';
import type { EtcdCluster } from '../../sim/etcd/service.js';
import { Network } from '../../sim/network/network.js';

export interface World {
  readonly network: Network;
  readonly cluster: EtcdCluster;
  /** A client as node `name`; every call with a new name makes a new node. */
  client(name: string): Etcd3;
}

/** Runs `main` in a world with one member `m1` and one-way delays of exactly 1 ms. */
export async function inWorld<T>(main: (world: World) => Promise<T>): Promise<T> {
  const engine = new Engine({ seed: 'seam', budget: { maxEvents: 1_000_000, maxVirtualTimeMs: 3_600_000 } });
  const cluster = createCluster({ members: ['m1'], host: hostOf(engine) });
  const network = new Network(engine, cluster, { oneWayDelayMinUs: 1000, oneWayDelayMaxUs: 1000 });
  const end = await engine.run(engine.node('test'), () =>
    main({
      network,
      cluster,
      client(name) {
        const node = engine.node(name);
        network.join(node);
        return node.run(() => new Etcd3({ hosts: network.hosts, grpcOptions: network.grpcOptions(node) }));
      },
    }),
  );
  cluster.close();
  if (end.kind === 'failed') throw end.error;
  if (end.kind !== 'completed') throw new Error(`the run ended ${JSON.stringify(end)}`);
  if (engine.nodeErrors[0] !== undefined) throw engine.nodeErrors[0].error;
  return end.value;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
