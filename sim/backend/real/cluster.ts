/**
 * Real etcd behind a real Toxiproxy, for one run: each started here or given. Invariant: however the run
 * ends, even by a failed start or the death of this process, everything that was started here is ended and
 * every file removed. The reaper lists the few exceptions.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../authentication.js';
import { EnvironmentError } from '../environment-error.js';
import { Cleanups } from './cleanups.js';
import { ConnectionMeter, type LinkTraffic } from './connection-meter.js';
import { UnexpectedExits } from './unexpected-exits.js';
import { EtcdMembers, type EtcdMembersOptions } from './etcd-members.js';
import { addressOf, askEtcd } from './given-etcd.js';
import { connectGivenLinks, connectLinks, type Link } from './links.js';
import { PeerProxies } from './peer-proxies.js';
import { provision } from './provision.js';
import { etcdTool, toxiproxyTool, type Env, type Tool } from './tools.js';
import { Reaper } from './reaper.js';
import { ToxiproxyApi } from './toxiproxy.js';
import { startToxiproxy } from './toxiproxy-process.js';
import { createWorld, type ClusterWorld } from './world.js';

export interface RealClusterOptions {
  readonly nodes: readonly string[];
  readonly members: readonly string[];
  /** An etcd that someone else runs, one `http://HOST:PORT` per member; undefined to start one. */
  readonly endpoints?: readonly string[] | undefined;
  /** The version of the etcd to start, the default version by default. */
  readonly etcd?: Tool | undefined;
  /** Flags for the etcd that is started, besides those that it needs. */
  readonly etcdFlags?: readonly string[] | undefined;
  /** The user as which its operator logs in; none by default. */
  readonly operator?: Credentials | undefined;
  /** Placed before each member of the started etcd; see {@link EtcdMembersOptions.peerProxy}. */
  readonly peerProxy?: EtcdMembersOptions['peerProxy'];
  /** Members are to be cut off from one another, so a proxy of ours is placed between them. */
  readonly cutsMembers?: boolean | undefined;
  /**
   * The API of a Toxiproxy that someone else runs, such as `http://127.0.0.1:8474`; undefined to start one.
   */
  readonly toxiproxy?: string | undefined;
  /** Nodes reach etcd directly; faults on links are refused. */
  readonly withoutProxy?: boolean | undefined;
  /** Aborts the start; afterwards `close` ends the cluster. */
  readonly signal?: AbortSignal | undefined;
  /** The environment variables; this process's own by default. */
  readonly env?: Env;
  /** Called with one line for every slow step. */
  progress(line: string): void;
}

export interface RealCluster {
  /** What runs, such as `etcd 3.6.14 with 3 members behind Toxiproxy 2.12.0`. */
  readonly description: string;
  /** The verbs of faults. A verb that this cluster does not support rejects with FaultRefused. */
  readonly world: ClusterWorld;
  /** How the observer reaches etcd, without faults: one URL per member. */
  readonly observerHosts: string[];
  /** The API of Toxiproxy; undefined without one. */
  readonly toxiproxy: string | undefined;
  /** How the node reaches etcd, through its own proxies: one URL per member. */
  hosts(node: string): string[];
  /** The traffic between a node and a member so far; all zero without Toxiproxy. */
  traffic(node: string, member: string): LinkTraffic;
  /** See {@link ConnectionMeter.measure}; the returned function counts 0 without Toxiproxy. */
  measure(node: string | undefined, member: string): () => number;
  /**
   * Rejects with an EnvironmentError once a process that was started here dies unexpectedly; never resolves.
   */
  readonly died: Promise<never>;
  /** Resolves once every member answers linearizable reads, for example after the last fault. */
  ready(signal?: AbortSignal): Promise<void>;
  /**
   * Ends and removes everything that was started or created. May be called more than once, and never rejects.
   */
  close(): Promise<void>;
}

/** Rejects with an EnvironmentError if etcd or Toxiproxy is unavailable, and with the signal's reason. */
export async function startRealCluster(options: RealClusterOptions): Promise<RealCluster> {
  const cleanups = new Cleanups();
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= undo(cleanups, options));
  try {
    return { ...(await start(options, cleanups)), close };
  } catch (error) {
    await close();
    options.signal?.throwIfAborted();
    throw error;
  }
}

async function undo(cleanups: Cleanups, { progress }: RealClusterOptions): Promise<void> {
  for (const failure of await cleanups.run()) {
    progress(`could not clean up: ${failure instanceof Error ? failure.message : String(failure)}`);
  }
}

/** The etcd of a run, ours or not. */
interface Etcd {
  readonly version: string;
  readonly urls: readonly { readonly member: string; readonly url: string }[];
  /** Undefined if someone else runs it. */
  readonly processes: EtcdMembers | undefined;
  readonly peers?: PeerProxies | undefined;
  ready(signal?: AbortSignal): Promise<void>;
}

/** The directory and reaper of our own processes. */
interface Place {
  readonly directory: string;
  readonly reaper: Reaper;
  readonly unexpectedExits: UnexpectedExits;
  readonly env: Env;
  readonly signal: AbortSignal | undefined;
}

async function start(options: RealClusterOptions, cleanups: Cleanups): Promise<Omit<RealCluster, 'close'>> {
  if (process.platform === 'win32') throw new EnvironmentError('the real backend needs Linux or macOS');
  const { nodes, members, endpoints, signal, env = process.env } = options;
  const needsToxiproxy = options.withoutProxy !== true && options.toxiproxy === undefined;
  // Given endpoints are asked before anything is built, which can take minutes.
  const source =
    endpoints === undefined
      ? { program: await need(options.etcd ?? etcdTool, options, env) }
      : { etcd: await useGivenEtcd(members, endpoints) };
  const toxiproxyProgram = needsToxiproxy ? await need(toxiproxyTool, options, env) : undefined;

  const directory = mkdtempSync(join(tmpdir(), 'etcd-sim-'));
  const reaper = new Reaper(directory);
  cleanups.add(() => reaper.close());
  const unexpectedExits = new UnexpectedExits();
  const place: Place = { directory, reaper, unexpectedExits, env, signal };

  const etcd =
    'etcd' in source ? source.etcd : await startEtcd(members, source.program, place, options, cleanups);
  signal?.throwIfAborted();

  const meter = new ConnectionMeter();
  cleanups.add(() => meter.close());
  const linked = {
    nodes,
    members: etcd.urls.map(({ member, url }) => ({ name: member, address: addressOf(url) })),
  };
  let api: ToxiproxyApi | undefined;
  let links: readonly Link[] = [];
  if (toxiproxyProgram !== undefined) {
    const server = await startToxiproxy({ path: toxiproxyProgram.path, ...place });
    cleanups.add(() => server.kill());
    ({ api } = server);
    links = await connectLinks({ api, ...linked, cleanups });
  } else if (options.toxiproxy !== undefined && options.withoutProxy !== true) {
    api = new ToxiproxyApi(options.toxiproxy);
    links = await connectGivenLinks({ api, ...linked, cleanups });
  }
  for (const { node, member, proxy } of links) meter.add({ node, member, port: proxy.port });
  signal?.throwIfAborted();

  unexpectedExits.watch();
  const observerHosts = etcd.urls.map(({ url }) => url);
  const behind = api === undefined ? '' : ` behind Toxiproxy ${await api.version()}`;
  return {
    description: `${etcdWithMembers(etcd.version, members)}${behind}`,
    world: createWorld({ names: members, links, members: etcd.processes, meter, peers: etcd.peers }),
    observerHosts,
    died: unexpectedExits.first,
    toxiproxy: api?.url,
    hosts(node) {
      if (api === undefined) return [...observerHosts];
      return links.filter((link) => link.node === node).map(({ url }) => url);
    },
    traffic: (node, member) => meter.traffic(node, member),
    measure: (node, member) => meter.measure(node, member),
    ready: (until) => etcd.ready(until),
  };
}

async function need(
  tool: Tool,
  options: RealClusterOptions,
  env: Env,
): Promise<{ path: string; version: string }> {
  const { progress, signal } = options;
  const found = await provision(tool, { env, progress, signal });
  if (found.kind === 'unavailable') throw new EnvironmentError(found.message);
  return found;
}

async function startEtcd(
  members: readonly string[],
  program: { readonly path: string; readonly version: string },
  place: Place,
  options: RealClusterOptions,
  cleanups: Cleanups,
): Promise<Etcd> {
  options.progress(`starting ${etcdWithMembers(program.version, members)}`);
  const peers = options.cutsMembers === true ? new PeerProxies() : undefined;
  if (peers !== undefined) cleanups.add(() => Promise.resolve(peers.close()));
  const processes = await EtcdMembers.start({
    names: members,
    path: program.path,
    flags: options.etcdFlags ?? [],
    operator: options.operator,
    peerProxy:
      peers === undefined ? options.peerProxy : (name: string, url: string) => peers.before(name, url),
    ...place,
  });
  cleanups.add(() => processes.kill());
  for (const name of peers === undefined ? [] : members) {
    peers?.identify(name, (await processes.administer(name, (asked) => asked.whoIsWho())).id);
  }
  return {
    peers,
    version: program.version,
    urls: members.map((member) => ({ member, url: processes.url(member) })),
    processes,
    ready: (signal) => processes.ready(signal),
  };
}

async function useGivenEtcd(members: readonly string[], endpoints: readonly string[]): Promise<Etcd> {
  if (endpoints.length < members.length) {
    throw new EnvironmentError(
      `expected an endpoint for each of ${members.length} members, got ${endpoints.length}`,
    );
  }
  for (const endpoint of endpoints) addressOf(endpoint);
  const urls = members.map((member, index) => ({ member, url: endpoints[index] ?? '' }));
  const ask = async (): Promise<string[]> =>
    Promise.all(urls.map(async ({ url }) => (await askEtcd(url)).version));
  const [version = ''] = await ask();
  return { version, urls, processes: undefined, ready: async () => void (await ask()) };
}

function etcdWithMembers(version: string, members: readonly string[]): string {
  return `etcd ${version} with ${members.length === 1 ? 'one member' : `${members.length} members`}`;
}
