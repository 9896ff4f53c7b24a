/**
 * The real backend: the same nodes in this process, a real etcd behind Toxiproxy, the wall clock. A run here is
 * constrained by its seed, not replayed by it. Invariant: everything started for a run ends with it.
 */
import { randomUUID } from 'node:crypto';
import { Etcd3 } from 'etcd3';
import { Recorder } from '../history/recorder.js';
import type { Operator } from '../faults/fault.js';
import { looksAtRun } from '../faults/acting.js';
import { needsAuthentication } from '../faults/index.js';
import type { Plan } from '../plan/plan.js';
import type { Problem } from '../run/run-result.js';
import { OBSERVER } from '../scenario/expect-nodes.js';
import type { Backend, Execution, ExecutionRequest } from './backend.js';
import { Awaited } from './awaited.js';
import { Audit } from './audit.js';
import { ROOT } from './authentication.js';
import { drive, type Stage } from './drive.js';
import { Effects } from './effects.js';
import { UnderWay } from './under-way.js';
import { FaultRefused } from './real/world.js';
import { RealFaults } from './real/faults.js';
import { addressOf, NodeClients, type NodeClientsOptions } from './real/node-clients.js';
import { RealNodes } from './real/nodes.js';
import { etcdToolFor } from './real/tools.js';
import { guardPrefix } from './real/prefix-guard.js';
import { startRealCluster, type RealCluster } from './real/cluster.js';
import { startStopwatch } from './stopwatch.js';
import { whoWaits } from './waiting.js';

export interface RealBackendOptions {
  /** Reports slow steps, such as building etcd, in one line each. */
  progress(line: string): void;
  /** Your own etcd, one URL per member; by default the backend starts one. */
  readonly endpoints?: readonly string[];
  /** The API of your own Toxiproxy; by default the backend starts one. */
  readonly toxiproxy?: string;
  /** False lets nodes reach etcd directly, without faults on links. Default true. */
  readonly proxies?: boolean;
}

/** A proxy from the environment would be one more hop that no plan knows. */
const NODE_OPTIONS = { 'grpc.enable_http_proxy': 0 };
/** grpc-js shares connections and their backoff between clients of one process that name the same host. */
const OBSERVER_OPTIONS = { ...NODE_OPTIONS, 'grpc.use_local_subchannel_pool': 1 };
/** Makes a login take a millisecond, not the hundred that slow down password guessing. */
const CHEAP_PASSWORDS = ['--bcrypt-cost', '4'];
const REMOVE_MAX_MS = 5000;

export function createRealBackend(options: RealBackendOptions): Backend {
  return { name: 'real', execute: (request) => execute(request, options) };
}

async function execute(request: ExecutionRequest, options: RealBackendOptions): Promise<Execution> {
  const { plan, signal } = request;
  // Random, so that two runs on one etcd do not conflict.
  const prefix = `etcd-sim/${randomUUID()}/`;
  const authentication = options.endpoints === undefined && needsAuthentication(plan.faults);
  const cluster = await startRealCluster({
    nodes: plan.nodes.map((node) => node.name),
    members: plan.members,
    endpoints: options.endpoints,
    ...(authentication ? { etcdFlags: CHEAP_PASSWORDS, operator: ROOT } : {}),
    cutsMembers: plan.faults.some(({ kind }) => kind === 'member-partition'),
    etcd: etcdToolFor(plan.etcdVersion),
    toxiproxy: options.toxiproxy,
    withoutProxy: options.proxies === false,
    signal,
    progress: options.progress,
  });
  try {
    options.progress(`running on ${cluster.description}`);
    return await executeOn(cluster, request, prefix, options);
  } finally {
    if (options.endpoints !== undefined) await removeKeys(cluster, prefix, options);
    await cluster.close();
  }
}

async function executeOn(
  cluster: RealCluster,
  request: ExecutionRequest,
  prefix: string,
  options: RealBackendOptions,
): Promise<Execution> {
  const { scenario, plan, budget, signal } = request;
  const elapsedMs = startStopwatch();
  const nowUs = () => Math.round(elapsedMs() * 1000);
  let sequence = 0;
  const recorder = new Recorder({ nowUs, nextSequence: () => ++sequence });
  const underWay = new UnderWay();
  const faults = new RealFaults({
    ...{ faults: plan.faults, seed: plan.runtimeSeed ?? plan.seed, nowUs },
    ...{ world: cluster.world, meter: cluster.measure, underWay },
  });
  const nodes = new RealNodes(nowUs);
  const audit = new Audit(plan, recorder, scenario.isOpen);
  const effects = new Effects();
  const awaited = new Awaited();
  const clients = new NodeClients({
    ...{ audit, effects, currentNode: nodes.currentNode },
    hosts: [...cluster.observerHosts, ...plan.nodes.flatMap(({ name }) => cluster.hosts(name))],
    ...(looksAtRun(plan.faults) ? { watch: watchCalls(cluster, plan, underWay) } : {}),
    ...(options.endpoints === undefined ? {} : { guard: guardPrefix(prefix) }),
  });
  const problems: Problem[] = [];
  /** The nodes whose code has begun and not ended. */
  const working = new Set(['setup']);
  const aborted = rejectionOf(signal);
  const limit = after(budget.maxVirtualTimeMs, () => {
    const message = `more than ${budget.maxVirtualTimeMs} ms`;
    problems.push({
      kind: 'budget',
      message,
      waiting: [...whoWaits(nowUs(), recorder, working), ...awaited.lines],
    });
  });
  const stage: Stage = {
    ...{ recorder, audit, effects, awaited },
    isSimulated: false,
    serving: () => [],
    prefix,
    log: { covers: options.endpoints === undefined ? 'every key' : 'the prefix' },
    authentication: options.endpoints === undefined && needsAuthentication(plan.faults),
    clientOptions: (node) => ({
      hosts: cluster.hosts(node),
      grpcOptions: { ...NODE_OPTIONS, ...clients.channelOptions(node) },
    }),
    observerOptions: () => ({
      hosts: cluster.observerHosts,
      grpcOptions: { ...OBSERVER_OPTIONS, ...clients.channelOptions(OBSERVER) },
    }),
    within: (performing, body) => nodes.within(performing, body),
    spawn(node, body) {
      working.add(node);
      return nodes.run(node, body).finally(() => {
        underWay.left(node);
        working.delete(node);
      });
    },
    startFaults(operator) {
      working.delete('setup');
      faults.start(options.endpoints === undefined ? operator : asGuest(operator));
    },
    inject: (fault) => faults.inject(fault),
    currentNode: nodes.currentNode,
    crash() {
      throw new FaultRefused('all nodes share one process');
    },
    exit: () => undefined,
    async endFaults() {
      await faults.end();
      await cluster.ready(signal);
    },
    stuck: limit.reached,
  };
  try {
    const history = await Promise.race([drive(scenario, plan, stage), aborted.rejection, cluster.died]);
    const wallTimeMs = elapsedMs();
    const traffic = trafficOf(
      cluster,
      plan.nodes.map((node) => node.name),
      plan.members,
    );
    return {
      history,
      problems: audit.problems(recorder.operations, [...problems, ...nodes.problems]),
      faults: faults.records(),
      counters: { ...recorder.counters, ...traffic },
      wallTimeMs,
    };
  } finally {
    limit.cancel();
    aborted.forget();
    clients.close();
    nodes.close();
    await faults.end();
  }
}

/** Shows the calls of nodes to those who aim faults at them. */
function watchCalls(
  cluster: RealCluster,
  { nodes, members }: Pick<Plan, 'nodes' | 'members'>,
  underWay: UnderWay,
): NonNullable<NodeClientsOptions['watch']> {
  const membersBy = new Map(
    nodes.flatMap(({ name }) =>
      cluster.hosts(name).map((url, index) => [addressOf(url), members[index] ?? ''] as const),
    ),
  );
  return (node, method, address) => {
    const member = membersBy.get(address);
    return member === undefined || node === OBSERVER ? undefined : underWay.watch(method, { node, member });
  };
}

/** An etcd that someone else runs has a history that is not ours, and users. */
function asGuest(operator: Operator): Operator {
  const refuse = (why: string) => () => Promise.reject(new FaultRefused(`the etcd belongs to you: ${why}`));
  return {
    ...operator,
    compact: refuse('its history is not compacted'),
    expireTokens: refuse('its authentication is not changed'),
  };
}

/** Leaves an etcd that outlives the run as it was. */
async function removeKeys(
  cluster: RealCluster,
  prefix: string,
  { progress }: RealBackendOptions,
): Promise<void> {
  const client = new Etcd3({ hosts: cluster.observerHosts, grpcOptions: OBSERVER_OPTIONS });
  try {
    await client
      .delete()
      .prefix(prefix)
      // Wall time: grpc-js takes a deadline as a time, and this is a real etcd.
      .options({ deadline: Date.now() + REMOVE_MAX_MS });
  } catch (error) {
    progress(
      `could not remove the keys under ${prefix}: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    client.close();
  }
}

/** The traffic of the nodes' connections, over all links. */
function trafficOf(cluster: RealCluster, nodes: readonly string[], members: readonly string[]) {
  const links = nodes.flatMap((node) => members.map((member) => cluster.traffic(node, member)));
  const sum = (pick: (link: (typeof links)[number]) => number) =>
    links.reduce((total, link) => total + pick(link), 0);
  return {
    connections: sum((link) => link.connections),
    bytes: sum((link) => link.bytesSent + link.bytesReceived),
  };
}

/** A promise that rejects with the signal's reason, and a way to stop listening. */
function rejectionOf(signal: AbortSignal): { rejection: Promise<never>; forget(): void } {
  let listener = (): void => undefined;
  const rejection = new Promise<never>((_, reject) => {
    listener = () => reject(signal.reason as Error);
  });
  rejection.catch(() => undefined);
  signal.addEventListener('abort', listener);
  if (signal.aborted) listener();
  return { rejection, forget: () => signal.removeEventListener('abort', listener) };
}

/** Calls `then` after the time is up, and resolves `reached` once it is done. */
function after(delayMs: number, then: () => void): { reached: Promise<void>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const reached = new Promise<void>((resolve) => {
    // Wall time: it limits a run on a real etcd.
    timer = setTimeout(
      () => {
        then();
        resolve();
      },
      Math.min(delayMs, 2 ** 31 - 1),
    );
  });
  return { reached, cancel: () => clearTimeout(timer) };
}
