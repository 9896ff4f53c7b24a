/** A cluster of three in which another member can be started in place of a removed one, in memory. */
import { createCluster } from '../../../sim/etcd/cluster.js';
import { RealHost } from '../../../sim/serve/real-host.js';
import { MEMBERS } from './cluster-target.js';
import { channelTo } from './in-process-channel.js';
import { RawEtcd } from './raw-etcd.js';

export interface ReplaceableCluster {
  /** A new connection to the current member of that place. */
  connect(name: string): RawEtcd;
  /** True once the process of a removed member has ended by itself. */
  hasEnded(name: string): boolean;
  /**
   * Starts the member that was added in place of another.
   *
   * @param initialCluster every member of the cluster, such as `m1=http://m1:2380`
   */
  join(name: string, initialCluster: readonly string[]): void;
  close(): Promise<void>;
}

export interface ReplaceableTarget {
  readonly name: string;
  start(): Promise<ReplaceableCluster>;
}

export const replaceableInMemory: ReplaceableTarget = {
  name: 'the in-memory etcd',
  start() {
    const host = new RealHost();
    const cluster = createCluster({ members: MEMBERS, host });
    return Promise.resolve({
      connect(name) {
        const member = cluster.members.find((one) => one.name === name);
        if (member === undefined) throw new Error(`no member ${name}`);
        return new RawEtcd({ host: `http://${name}:2379`, grpcOptions: channelTo(member) });
      },
      hasEnded: (name) => !cluster.isRunning(name),
      join: (name) => cluster.startMember(name),
      close() {
        cluster.close();
        host.close();
        return Promise.resolve();
      },
    });
  },
};
