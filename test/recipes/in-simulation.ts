/** Recipes as nodes of a simulated etcd, with levers for what happens to their messages, their leases and members. */
import { Etcd3, type IOptions } from 'etcd3';
import { hostOf } from '../../sim/backend/simulated.js';
import { Engine } from '../../sim/engine/engine.js';
import { createCluster } from '../../sim/etcd/cluster.js';
import type { EtcdCluster } from '../../sim/etcd/service.js';
import { Network } from '../../sim/network/network.js';

/** A simulated etcd and the nodes around it. */
export interface SimulatedEtcd {
  readonly engine: Engine;
  readonly cluster: EtcdCluster;
  readonly network: Network;
  /** Options of a client of this node. */
  options(node: string): IOptions;
  /** A client of this node; closed when the simulation ends. */
  client(node?: string): Etcd3;
  /** Runs code as this node; code outside of it belongs to the node `test`. */
  as<T>(node: string, body: () => Promise<T>): Promise<T>;
  /** The node's process dies: none of its code continues, and messages on their way to it come to nothing. */
  kill(node: string): void;
  /** Resolves after that much virtual time. */
  passes(milliseconds: number): Promise<void>;
}

export interface SimulationOptions {
  readonly seed?: string | number;
  readonly members?: number;
  /** The nodes there are, besides `test`. */
  readonly nodes?: readonly string[];
}

/** Runs `body` in virtual time. Rejects with what it throws, or says that nothing was left to happen. */
export async function inSimulation<T>(
  body: (etcd: SimulatedEtcd) => Promise<T>,
  { seed = 'recipes', members = 1, nodes = ['n1', 'n2', 'n3'] }: SimulationOptions = {},
): Promise<T> {
  const engine = new Engine({
    seed: String(seed),
    budget: { maxEvents: 2_000_000, maxVirtualTimeMs: 3_600_000 },
  });
  const cluster = createCluster({
    members: Array.from({ length: members }, (_, index) => `m${index + 1}`),
    host: hostOf(engine),
  });
  const network = new Network(engine, cluster, { oneWayDelayMinUs: 200, oneWayDelayMaxUs: 900 });
  const all = new Map(['test', ...nodes].map((name) => [name, engine.node(name)]));
  for (const node of all.values()) network.join(node);
  const nodeOf = (name: string) => {
    const node = all.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  };
  const clients: Etcd3[] = [];
  const options = (name: string) => ({
    hosts: network.hosts,
    grpcOptions: network.grpcOptions(nodeOf(name)),
  });
  const etcd: SimulatedEtcd = {
    engine,
    cluster,
    network,
    options,
    client(name = 'test') {
      const client = new Etcd3(options(name));
      clients.push(client);
      return client;
    },
    as: (name, work) =>
      new Promise((resolve, reject) => {
        const node = nodeOf(name);
        engine.schedule(
          node.immediateLane,
          0,
          `${name} begins`,
          () => void work().then(resolve, reject),
          node,
        );
      }),
    kill(name) {
      nodeOf(name).kill();
      network.abandon(name);
    },
    passes: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  };
  const end = await engine.run(nodeOf('test'), () => body(etcd));
  for (const client of clients) client.close();
  cluster.close();
  switch (end.kind) {
    case 'completed':
      if (engine.nodeErrors[0] !== undefined) throw engine.nodeErrors[0].error;
      return end.value;
    case 'failed':
      throw end.error;
    case 'stuck':
      throw new Error(`the simulation cannot go on: ${end.reason}`);
    case 'aborted':
      throw new Error('the simulation was aborted');
  }
}
