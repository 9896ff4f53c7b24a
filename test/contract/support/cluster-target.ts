/** Clusters of three members that can be stopped, paused and cut off from one another, in memory and real. */
import { startRealCluster } from '../../../sim/backend/real/cluster.js';
import { createCluster } from '../../../sim/etcd/cluster.js';
import { RealHost } from '../../../sim/serve/real-host.js';
import { eventually } from '../../eventually.js';
import { channelTo } from './in-process-channel.js';
import { PeerProxies } from '../../../sim/backend/real/peer-proxies.js';
import { RawEtcd } from './raw-etcd.js';

export const MEMBERS = ['m1', 'm2', 'm3'] as const;

export interface ClusterTarget {
  readonly name: string;
  start(): Promise<RunningCluster>;
}

/** The actions on members; each resolves once it is done, not once the cluster has noticed. */
interface Levers {
  stop(name: string): Promise<void> | void;
  start(name: string): Promise<void> | void;
  pause(name: string): Promise<void> | void;
  resume(name: string): Promise<void> | void;
  cut(left: string, right: string): void;
  mend(left: string, right: string): void;
}

export interface RunningCluster extends Levers {
  /** A new connection to the member, ended with the test. */
  connect(name: string): RawEtcd;
  /**
   * The leader, according to members; undefined if none of them knows it. Does not ask those that are
   * `silent`.
   */
  leader(...silent: readonly string[]): Promise<string | undefined>;
  /**
   * Ends the connections of a test and waits until all members run, reach one another and know one leader.
   */
  heal(): Promise<void>;
  close(): Promise<void>;
}

export const inMemoryCluster: ClusterTarget = {
  name: 'the in-memory etcd',
  start() {
    const host = new RealHost();
    const cluster = createCluster({ members: MEMBERS, host });
    return withHelp({
      connect(name) {
        const member = cluster.members.find((one) => one.name === name);
        if (member === undefined) throw new Error(`no member ${name}`);
        return new RawEtcd({ host: `http://${name}:2379`, grpcOptions: channelTo(member) });
      },
      stop: (name) => cluster.stopMember(name),
      start: (name) => cluster.startMember(name),
      pause: (name) => cluster.pauseMember(name),
      resume: (name) => cluster.resumeMember(name),
      cut: (left, right) => cluster.disconnectMembers(left, right),
      mend: (left, right) => cluster.reconnectMembers(left, right),
      close() {
        cluster.close();
        host.close();
        return Promise.resolve();
      },
    });
  },
};

export const realCluster: ClusterTarget = {
  name: 'real etcd',
  async start() {
    const proxies = new PeerProxies();
    const cluster = await startRealCluster({
      nodes: [],
      members: MEMBERS,
      withoutProxy: true,
      etcdFlags: ['--unsafe-no-fsync'],
      peerProxy: (name, url) => proxies.before(name, url),
      progress: () => undefined,
    });
    await cluster.ready();
    const connect = (name: string): RawEtcd => {
      const host = cluster.observerHosts[MEMBERS.findIndex((member) => member === name)] ?? '';
      return new RawEtcd({
        host,
        grpcOptions: { 'grpc.use_local_subchannel_pool': 1, 'grpc.enable_http_proxy': 0 },
      });
    };
    for (const name of MEMBERS) {
      const client = connect(name);
      proxies.identify(name, (await client.status()).header?.memberId ?? 0n);
      client.close();
    }
    return withHelp({
      connect,
      stop: (name) => cluster.world.stopMember(name),
      start: (name) => cluster.world.startMember(name),
      pause: (name) => cluster.world.pauseMember(name),
      resume: (name) => cluster.world.resumeMember(name),
      cut: (left, right) => proxies.cut(left, right),
      mend: (left, right) => proxies.mend(left, right),
      async close() {
        await cluster.close();
        proxies.close();
      },
    });
  },
};

interface Bare extends Levers {
  connect(name: string): RawEtcd;
  close(): Promise<void>;
}

/** Adds the common part, and remembers how to undo each action. */
async function withHelp(bare: Bare): Promise<RunningCluster> {
  const clients: RawEtcd[] = [];
  const stopped = new Set<string>();
  const paused = new Set<string>();
  const cuts: [string, string][] = [];
  const leader = async (...silent: readonly string[]): Promise<string | undefined> => {
    for (const name of MEMBERS) {
      if (silent.includes(name) || stopped.has(name) || paused.has(name)) continue;
      const client = bare.connect(name);
      const status = await client.status().catch(() => undefined);
      client.close();
      const found = MEMBERS.find((member) => ids.get(member) === status?.leader);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const ids = new Map<string, bigint>();
  for (const name of MEMBERS) {
    const client = bare.connect(name);
    ids.set(name, (await client.status()).header?.memberId ?? 0n);
    client.close();
  }
  return {
    connect(name) {
      const client = bare.connect(name);
      clients.push(client);
      return client;
    },
    leader,
    async stop(name) {
      stopped.add(name);
      await bare.stop(name);
    },
    async start(name) {
      stopped.delete(name);
      await bare.start(name);
    },
    async pause(name) {
      paused.add(name);
      await bare.pause(name);
    },
    async resume(name) {
      paused.delete(name);
      await bare.resume(name);
    },
    cut(left, right) {
      cuts.push([left, right]);
      bare.cut(left, right);
    },
    mend: (left, right) => bare.mend(left, right),
    async heal() {
      for (const client of clients.splice(0)) client.close();
      for (const [left, right] of cuts.splice(0)) bare.mend(left, right);
      for (const name of [...paused]) await bare.resume(name);
      paused.clear();
      for (const name of [...stopped]) await bare.start(name);
      stopped.clear();
      for (const name of MEMBERS) {
        const client = bare.connect(name);
        await eventually(`${name} answers`, () => client.range('healthy').catch(() => undefined));
        client.close();
      }
    },
    close: () => bare.close(),
  };
}
