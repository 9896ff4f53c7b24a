/**
 * An etcd in one line: the in-memory etcd on sockets of this machine, one for each member, for any etcd client in any
 * language. Invariant: its data is only in memory and ends with it; after `close` neither a port nor a timer is left.
 */
import { EnvironmentError } from '../backend/environment-error.js';
import { createCluster } from '../etcd/cluster.js';
import { DEFAULT_ETCD_VERSION, VERSIONS, type EtcdVersion } from '../etcd/version.js';
import { parseAddress, type ListenAddress } from './address.js';
import { Containment } from './containment.js';
import { expectServeOptions } from './expect-serve-options.js';
import { MemberPort } from './member-port.js';
import { ServedMetrics } from './metrics/served-metrics.js';
import { pagesOf } from './pages.js';
import { RealHost } from './real-host.js';
import { servedMembers, type ServedMembers } from './served-members.js';
import { gatewayClientOf } from './tls/gateway-client.js';
import type { ServerTls } from './tls/server-tls.js';
import { tokensOf, type AuthToken } from './tokens/auth-token.js';

export interface ServeOptions {
  /** The number of members, each with its own port; one by default. */
  readonly members?: number | undefined;
  /**
   * `HOST:PORT`; port 0 picks a free port. With several members give one address per member, separated by commas, or
   * only the first: the others then pick free ports of the same host. Loopback and free ports by default.
   */
  readonly listen?: string | undefined;
  /**
   * Serves over TLS with this certificate and these requirements for client certificates; without encryption by
   * default.
   */
  readonly tls?: ServerTls | undefined;
  /**
   * The estimated database size above which it refuses puts, like etcd's `--quota-backend-bytes`: 0, the default,
   * means 2 GiB, and a negative number means no limit.
   */
  readonly quotaBackendBytes?: number | undefined;
  /**
   * The kind of token that a login returns, like etcd's `--auth-token`: a simple one, which the members remember (the
   * default), or a signed one.
   */
  readonly authToken?: AuthToken | undefined;
  /** The version of etcd; 3.6 by default. */
  readonly version?: EtcdVersion | undefined;
  /**
   * Called with every exception thrown while serving, which is a bug of this simulator. The affected call ends with
   * INTERNAL, everything else continues. Prints it to stderr by default.
   */
  readonly onInternalError?: ((error: unknown) => void) | undefined;
}

export interface ServedEtcd extends ServedMembers {
  /** Ends it and all its connections. You can call it more than once. */
  close(): Promise<void>;
}

const ANY_LOOPBACK_PORT = '127.0.0.1:0';

/**
 * Starts to serve. Rejects with an EnvironmentError if it cannot listen or the addresses do not fit the members, and
 * with an InputError if an option makes no sense, or a certificate or a key cannot be used.
 */
export async function serveEtcd(options: ServeOptions = {}): Promise<ServedEtcd> {
  const { members = 1, listen = ANY_LOOPBACK_PORT, tls, quotaBackendBytes } = expectServeOptions(options);
  const { authToken = { kind: 'simple' }, version = DEFAULT_ETCD_VERSION } = options;
  const { onInternalError = printToStderr } = options;
  const names = namesOf(members);
  const rules = VERSIONS[version];
  const gateway = await gatewayClientOf(tls, rules);
  const addresses = addressesOf(listen, members);
  const containment = new Containment(onInternalError);
  const host = new RealHost(containment);
  // Members give their clients these URLs, which are known once they listen.
  const clientUrls = Object.fromEntries(names.map((name): [string, string[]] => [name, []]));
  const ports = new Map<string, MemberPort>();
  const cluster = createCluster({
    ...{ members: names, host, version, clientUrls, quotaBackendBytes },
    tokens: tokensOf(authToken, rules.auth, () => host.nowMs()),
    onEnded: (name) => void ports.get(name)?.close(),
  });
  const openPort = async (name: string, address: ListenAddress): Promise<void> => {
    const member = cluster.members.find((one) => one.name === name);
    if (member === undefined) throw new Error(`no member ${name}`);
    const metrics = new ServedMetrics(member, rules, host);
    const pages = pagesOf(member, rules, containment, metrics, gateway);
    const secured = tls && { ...tls, ...rules };
    const served = { member: metrics.member, host, containment, tls: secured, pages };
    const port = new MemberPort(address, { ...served, onOpened: () => metrics.restart() });
    await port.open();
    ports.set(name, port);
    clientUrls[name]?.push(port.url);
  };
  /** A member that was added through the API; it publishes its URL once it has the others' state. */
  const join = async (name: string): Promise<void> => {
    clientUrls[name] ??= [];
    cluster.startMember(name);
    const [first] = addresses;
    await openPort(name, { ...(first ?? FREE_LOOPBACK), port: 0 });
  };
  const end = async (): Promise<void> => {
    await Promise.all([...ports.values()].map((port) => port.close()));
    cluster.close();
    host.close();
  };
  try {
    for (const [index, name] of names.entries()) await openPort(name, addresses[index] ?? FREE_LOOPBACK);
  } catch (error) {
    await end();
    throw error;
  }
  let closed: Promise<void> | undefined;
  return Object.assign(servedMembers(cluster, ports, join), {
    close: () => (closed ??= end()),
  });
}

function printToStderr(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`etcd-sim: internal error: ${text}\n`);
}

const FREE_LOOPBACK: ListenAddress = { host: '127.0.0.1', port: 0 };

/** etcd calls an unnamed member `default`. */
function namesOf(members: number): readonly string[] {
  return members === 1 ? ['default'] : Array.from({ length: members }, (_, index) => `m${index + 1}`);
}

function addressesOf(listen: string, members: number): readonly ListenAddress[] {
  const given = listen.split(',').map((text) => {
    const address = parseAddress(text);
    if (address === undefined) throw new EnvironmentError(`expected HOST:PORT to listen on, got ${text}`);
    return address;
  });
  const [first] = given;
  if (first === undefined || (given.length !== 1 && given.length !== members)) {
    throw new EnvironmentError(`expected one address, or one per member (${members}), got ${given.length}`);
  }
  const others = Array.from({ length: members - given.length }, () => ({ ...first, port: 0 }));
  return [...given, ...others];
}
