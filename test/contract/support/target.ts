/** The etcds that the contract is tested on. Each is started once and serves the whole suite. */
import type { ChannelOptions } from '@grpc/grpc-js';
import { startRealCluster } from '../../../sim/backend/real/cluster.js';
import { createCluster } from '../../../sim/etcd/cluster.js';
import { RealHost } from '../../../sim/serve/real-host.js';
import { serveEtcd } from '../../../sim/serve/serve.js';
import { channelTo } from './in-process-channel.js';

export interface RunningTarget {
  /** Such as `http://127.0.0.1:2379`. */
  readonly host: string;
  /** Other options that its clients need. */
  readonly grpcOptions: ChannelOptions;
  close(): Promise<void>;
}

export interface TargetOptions {
  /** As etcd's `--quota-backend-bytes`; its default if none is given. */
  readonly quotaBackendBytes?: number | undefined;
}

export interface Target {
  readonly name: string;
  start(options?: TargetOptions): Promise<RunningTarget>;
}

/** A connection of its own, past any proxy. */
const ownConnection: ChannelOptions = { 'grpc.use_local_subchannel_pool': 1, 'grpc.enable_http_proxy': 0 };

export const inProcess: Target = {
  name: 'the in-memory etcd, in process',
  start(options = {}) {
    const host = new RealHost();
    const cluster = createCluster({ members: ['m1'], host, ...options });
    const [member] = cluster.members;
    if (member === undefined) throw new Error('a cluster without members');
    return Promise.resolve({
      host: 'http://m1:2379',
      grpcOptions: channelTo(member),
      close: () => {
        cluster.close();
        host.close();
        return Promise.resolve();
      },
    });
  },
};

export const served: Target = {
  name: 'the in-memory etcd, served over gRPC',
  async start(options = {}) {
    const { endpoints, close } = await serveEtcd(options);
    return { host: endpoints[0] ?? '', grpcOptions: ownConnection, close };
  },
};

export const real: Target = {
  name: 'real etcd',
  async start({ quotaBackendBytes = 0 } = {}) {
    const cluster = await startRealCluster({
      nodes: [],
      members: ['m1'],
      withoutProxy: true,
      // Its data outlives no process, and its passwords guard nothing.
      etcdFlags: [`--quota-backend-bytes=${quotaBackendBytes}`, '--unsafe-no-fsync', '--bcrypt-cost=4'],
      progress: () => undefined,
    });
    await cluster.ready();
    return {
      host: cluster.observerHosts[0] ?? '',
      grpcOptions: ownConnection,
      close: () => cluster.close(),
    };
  },
};
