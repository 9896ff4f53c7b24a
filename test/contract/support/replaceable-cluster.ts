/** Clusters of three in which another member can be started in the place of one that was removed, in memory and real. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EtcdMembers } from '../../../sim/backend/real/etcd-members.js';
import { Reaper } from '../../../sim/backend/real/reaper.js';
import { etcdTool } from '../../../sim/backend/real/tools.js';
import { UnexpectedExits } from '../../../sim/backend/real/unexpected-exits.js';
import { createCluster } from '../../../sim/etcd/cluster.js';
import { RealHost } from '../../../sim/serve/real-host.js';
import { provide } from '../../real/provide.js';
import { MEMBERS } from './cluster-target.js';
import { channelTo } from './in-process-channel.js';
import { RawEtcd } from './raw-etcd.js';

export interface ReplaceableCluster {
  /** A new connection to whoever is at the member's place. */
  connect(name: string): RawEtcd;
  /** True once the process of a member that was removed has ended by itself. */
  hasEnded(name: string): boolean;
  /**
   * Starts the member that was added in the place of another.
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

export const replaceableReal: ReplaceableTarget = {
  name: 'real etcd',
  async start() {
    const program = await provide(etcdTool, () => undefined);
    if (program.kind === 'unavailable') throw new Error(program.message);
    const directory = mkdtempSync(join(tmpdir(), 'etcd-sim-'));
    const reaper = new Reaper(directory);
    const members = await EtcdMembers.start({
      ...{ names: MEMBERS, path: program.path, flags: ['--unsafe-no-fsync'], directory, reaper },
      unexpectedExits: new UnexpectedExits(),
      env: process.env,
    });
    return {
      connect: (name) =>
        new RawEtcd({
          host: members.url(name),
          grpcOptions: { 'grpc.use_local_subchannel_pool': 1, 'grpc.enable_http_proxy': 0 },
        }),
      hasEnded: (name) => !members.isRunning(name),
      join(name, initialCluster) {
        members.renew(name, initialCluster);
        members.start(name);
      },
      async close() {
        await members.kill();
        await reaper.close();
      },
    };
  },
};
