/**
 * An etcd in one line: the in-memory etcd, one member of it, on a socket of this machine, for any etcd client in any
 * language. Invariant: its data is in memory and nowhere else, and ends with it; after `close` nothing of it is left,
 * neither port nor timer.
 */
import { EnvironmentError } from '../backend/environment-error.js';
import { createCluster } from '../etcd/cluster.js';
import type { EtcdCluster, EtcdMember } from '../etcd/service.js';
import { DEFAULT_ETCD_VERSION, VERSIONS, type EtcdVersion } from '../etcd/version.js';
import { formatAddress, parseAddress } from './address.js';
import { GrpcServer, type ServerTls } from './grpc-server.js';
import { startListening } from './listener.js';
import { pagesOf } from './pages.js';
import { RealHost } from './real-host.js';

export interface ServeOptions {
  /** `HOST:PORT`; port 0 takes a free one. Loopback and a free port by default. */
  readonly listen?: string | undefined;
  /** Serves over TLS with this certificate; without encryption by default. */
  readonly tls?: ServerTls | undefined;
  /** How large its database may become, by an estimate, as etcd's `--quota-backend-bytes`; 2 GiB by default. */
  readonly quotaBackendBytes?: number | undefined;
  /** Which etcd it is; 3.6 by default. */
  readonly version?: EtcdVersion | undefined;
}

export interface ServedEtcd {
  /** Where clients reach it, such as `http://127.0.0.1:2379`. */
  readonly endpoints: readonly string[];
  /** Ends it with all its connections. May be called more than once. */
  close(): Promise<void>;
}

const MEMBER = 'default';
const ANY_LOOPBACK_PORT = '127.0.0.1:0';

/** Starts to serve. Rejects with an EnvironmentError where it cannot listen or the certificate will not do. */
export async function serveEtcd({
  listen = ANY_LOOPBACK_PORT,
  tls,
  quotaBackendBytes,
  version,
}: ServeOptions = {}): Promise<ServedEtcd> {
  const address = parseAddress(listen);
  if (address === undefined) throw new EnvironmentError(`expected HOST:PORT to listen on, got ${listen}`);
  const host = new RealHost();
  // Its members tell their clients these URLs, which are known once it listens.
  const endpoints: string[] = [];
  const cluster = createCluster({
    members: [MEMBER],
    host,
    version,
    clientUrls: { [MEMBER]: endpoints },
    quotaBackendBytes,
  });
  const end = (): void => {
    cluster.close();
    host.close();
  };
  try {
    const member = memberOf(cluster);
    const server = new GrpcServer({
      member,
      host,
      tls,
      pages: pagesOf(member, VERSIONS[version ?? DEFAULT_ETCD_VERSION]),
    });
    const listener = await startListening(address, (socket) => server.accept(socket));
    const scheme = tls === undefined ? 'http' : 'https';
    endpoints.push(`${scheme}://${formatAddress({ host: address.host, port: listener.port })}`);
    let closed: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      server.close();
      await listener.close();
      end();
    };
    return { endpoints, close: () => (closed ??= close()) };
  } catch (error) {
    end();
    throw error;
  }
}

function memberOf(cluster: EtcdCluster): EtcdMember {
  const [member] = cluster.members;
  if (member === undefined) throw new Error('a cluster without members');
  return member;
}
