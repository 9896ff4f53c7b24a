/**
 * An etcd in this process, in real time and without a port: for unit tests that want an etcd and no simulation. It is
 * the
 * in-memory etcd that simulations run on, and its clients are real etcd3 clients.
 */
import { Etcd3, type IOptions } from 'etcd3';
import { createCluster } from '../../etcd/cluster.js';
import { DEFAULT_ETCD_VERSION, type EtcdVersion } from '../../etcd/version.js';
import { expectCreateOptions } from '../expect-serve-options.js';
import { RealHost } from '../real-host.js';
import { DirectChannel } from './direct-channel.js';

export interface CreateEtcdOptions {
  /** 3.6 by default. */
  readonly version?: EtcdVersion;
}

export interface InProcessEtcd {
  /** For code that makes its own client. */
  readonly options: IOptions;
  /**
   * A client of this etcd; {@link close} closes it. A client with `auth` would request its token at a port, which
   * does not exist here: use `serveEtcd` to test authentication.
   */
  client(options?: Partial<IOptions>): Etcd3;
  /** Closes its clients and ends it. Nothing keeps the process alive afterwards. */
  close(): void;
}

const MEMBER = 'default';

/** @throws InputError where an option makes no sense */
export function createEtcd(asked: CreateEtcdOptions = {}): InProcessEtcd {
  const { version = DEFAULT_ETCD_VERSION } = expectCreateOptions(asked);
  const host = new RealHost();
  const cluster = createCluster({ members: [MEMBER], host, version });
  const [member] = cluster.members;
  if (member === undefined) throw new Error('a cluster has a member');
  const channels = new Set<DirectChannel>();
  const grpcOptions = {
    channelFactoryOverride: () => {
      const channel = new DirectChannel(member);
      channels.add(channel);
      return channel;
    },
  };
  const options = { hosts: `${MEMBER}:2379`, grpcOptions } as IOptions;
  const clients: Etcd3[] = [];
  return {
    options,
    client(more = {}) {
      const client = new Etcd3({ ...options, ...more });
      clients.push(client);
      return client;
    },
    close() {
      for (const client of clients) client.close();
      for (const channel of channels) channel.close();
      cluster.close();
      host.close();
    },
  };
}
