/**
 * The simulated backend: every node, the network and etcd in one process and one virtual time, all drawn from the
 * plan's seed. Invariant: the same scenario, plan and version give the same execution, trace hash included.
 */
import { Ambient } from '../engine/ambient/ambient.js';
import { Engine, type NodeError, type StuckReason } from '../engine/engine.js';
import type { NativeTimer } from '../engine/native-timers.js';
import { currentNode, currentWork } from '../engine/node.js';
import { createCluster } from '../etcd/cluster.js';
import { createStrategy } from '../explore/strategies/index.js';
import { looksAtRun } from '../faults/acting.js';
import { needsAuthentication } from '../faults/index.js';
import { MARKER } from '../history/collect-log.js';
import { OwnLog } from '../history/own-log.js';
import { Recorder } from '../history/recorder.js';
import { eachOf } from '../network/both-observers.js';
import { both } from '../network/intercept-calls.js';
import { Network } from '../network/network.js';
import { DEFAULT_BUDGET } from '../run/budget.js';
import type { Problem } from '../run/run-result.js';
import { AFTERWARDS, OBSERVER } from '../scenario/expect-nodes.js';
import { expectOneGrpc } from './one-grpc.js';
import type { Backend, Execution, ExecutionRequest } from './backend.js';
import { Audit } from './audit.js';
import { Awaited } from './awaited.js';
import { errorParts } from './error-parts.js';
import { drive, type Stage } from './drive.js';
import { Effects } from './effects.js';
import { UnderWay } from './under-way.js';
import { clientSlots } from './simulated/client-owners.js';
import { OpenBreakers, breakerSlots } from './simulated/open-breakers.js';
import { ClientWrites, unawaitedBy, writeSlots } from './simulated/client-writes.js';
import { SimulatedFaults } from './simulated/faults.js';
import { createLevers } from './simulated/levers.js';
import { LateCalls } from './simulated/late-calls.js';
import { LivenessWatch } from './simulated/liveness.js';
import { Processes } from './simulated/processes.js';
import { CallRecorder } from './simulated/record-calls.js';
import { RunRecorder } from './simulated/recording/record-run.js';
import { startStopwatch } from './stopwatch.js';
import { isWriting } from './write-call.js';
import { areAlike, pollsEtcd } from './standstill.js';
import { describeWaiting, heldUp, withReasons } from './waiting.js';
import type { StuckRun } from './wait-reasons.js';

/** The backend that needs nothing except this process. */
export function createSimulatedBackend(): Backend {
  expectOneGrpc();
  return { name: 'simulated', execute };
}

const SETUP = 'setup';
/** Every key of a run begins with it. */
const PREFIX = 'sim/';

async function execute(request: ExecutionRequest): Promise<Execution> {
  const { plan, scenario, signal } = request;
  const { strategy } = plan;
  const elapsedMs = startStopwatch();
  const problems: Problem[] = [];
  const awaited = new Awaited();
  let settingUp = true;
  let stuck = (): void => undefined;
  const budget = { livenessMs: DEFAULT_BUDGET.livenessMs, ...request.budget };
  const stillMs = STANDSTILL_FACTOR * budget.livenessMs;
  let stuckAt:
    | (Pick<StuckRun, 'pending' | 'unfinished' | 'daemons' | 'heartbeats'> &
        Partial<Pick<StuckRun, 'calls'>> & { readonly revision: number })
    | undefined;
  const waitingNow = (working: readonly string[]) => ({
    pending: recorder.pending,
    unfinished: new Set(working),
    daemons: audit.daemons,
    revision: calls?.revision ?? 0,
  });
  let isSettled = false;
  const isStillFrom = (changedUs: number): boolean =>
    engine.nowUs - liveness.stillSinceUs(changedUs) >= stillMs * 1000;
  /** The keys that code still puts while all others wait; undefined if it may progress. */
  const heartbeatsNow = (working: readonly string[], lines: readonly string[]) => {
    const { sinceUs } = late;
    if (sinceUs === undefined || !isStillFrom(0)) return undefined;
    if (!areAlike(recorder.operations, sinceUs, 'inputs and outputs')) return undefined;
    const waitsElsewhere = (node: string) => lines.some((line) => line.startsWith(`${node} waits `));
    const living = { working, daemons: audit.daemons, waitsElsewhere };
    const keys = late.heartbeats(own.changesSince(sinceUs), living);
    return keys && new Set([...keys].map((key) => own.nameOf(key)));
  };
  /**
   * Whether the run continues nevertheless: the test is done, and its remaining faults by hand are healed.
   */
  const giveUp = (reason: StuckReason | 'liveness'): boolean => {
    const heldUpBy = faults.heldUpBy;
    if (isSettled && heldUpBy.length > 0 && (reason === 'deadlock' || reason === 'liveness')) {
      faults.healByHand();
      return true;
    }
    const working = [...(settingUp ? [SETUP] : []), ...processes.working];
    const { pending } = recorder;
    stuckAt = waitingNow(working);
    const { nowUs, activity } = engine;
    const lines = awaited.lines;
    const isOver = reason === 'virtual time';
    const isUnchanged = isOver && isStillFrom(own.changedUs) && pollsEtcd(activity);
    const heartbeats = isOver && !isUnchanged ? heartbeatsNow(working, lines) : undefined;
    const isStill = heartbeats !== undefined || (isUnchanged && areAlike(recorder.operations, own.changedUs));
    stuckAt = { ...stuckAt, heartbeats };
    const problem = describeWaiting({
      ...{ budget, nowUs, recorder, network, activity, heartbeats },
      ...{ daemons: audit.daemons, unfinished: working },
      reason: isStill ? 'standstill' : reason,
      awaited: [
        ...lines,
        ...writes.notSent(working),
        ...faults.deadByHand.map((node) => `${node} was crashed by hand and never started again`),
        ...engine.nativeTimers.map(describeNativeTimer),
      ],
    });
    problems.push(heldUpBy.length === 0 ? problem : heldUp(problem, heldUpBy, pending));
    recorded?.lastLook(engine, world);
    processes.killAll(observer);
    stuck();
    return false;
  };
  const engine: Engine = new Engine({
    seed: `${plan.scenario}/${plan.runtimeSeed ?? plan.seed}`,
    budget,
    signal,
    observe: request.observe,
    rerolls: plan.rerolls,
    onEvent:
      request.recordRun === true
        ? (event) => {
            recorded?.look({ nowUs: lastUs, events: event.number - 1 }, world);
            lastUs = event.timeUs;
            recorded?.event(event);
            request.onEvent?.(event);
          }
        : request.onEvent,
    onChoice: request.onChoice,
    onMuted: request.onMuted,
    heartbeat: request.heartbeat,
    strategy: strategy === undefined ? undefined : (random) => createStrategy(strategy, random),
    onStuck: (reason) => (giveUp(reason) ? 'goes on' : undefined),
  });
  const recorder = new Recorder({ nowUs: () => engine.nowUs, nextSequence: () => engine.nextSequence() });
  const own = new OwnLog(PREFIX, () => engine.nowUs);
  const calls = request.recordCalls === true ? new CallRecorder(engine, PREFIX) : undefined;
  const breakers = calls && new OpenBreakers(engine, () => calls.moment());
  const cast = { nodes: plan.nodes.map(({ name }) => name), members: plan.members };
  const recorded = request.recordRun === true ? new RunRecorder(engine, cast, PREFIX) : undefined;
  let lastUs = 0;
  const cluster = createCluster({
    onChanges(revision, changes) {
      if (own.take(revision, changes)) recorded?.made();
      calls?.made(revision);
    },
    observeLease: recorded?.observeLease,
    onEnded: (name) => void network.resetMember(name),
    members: plan.members,
    host: hostOf(engine),
    version: plan.etcdVersion,
  });
  const audit = new Audit(plan, recorder, scenario.isOpen);
  const effects = new Effects();
  const underWay = new UnderWay();
  const watched = looksAtRun(plan.faults) ? underWay : undefined;
  for (const slot of [...clientSlots, ...writeSlots, ...breakerSlots]) Ambient.extend(slot);
  const network = new Network(engine, cluster, plan.network, {
    observeCall: eachOf(recorded?.observeCall, eachOf(calls?.observeCall, breakers?.observeCall)),
    observeMessage: recorded?.observeMessage,
    interceptCall: ({ client, method, address, isMember, isNode }) => {
      const asker = currentNode() ?? client;
      const owner = asker.name === client.name ? `a dead process of ${client.name}` : client.name;
      audit.calls({
        node: asker.name,
        owner,
        isOwn: asker === client,
        method,
        address,
        isOurs: isMember || isNode,
      });
      const effect = both(
        effects.intercept(asker.name, method, currentWork()),
        late.watch({ node: asker.name, method, isNode }),
      );
      if (watched === undefined || !isMember || asker.name === OBSERVER) return effect;
      const ends = { node: asker.name, member: address.replace(/:\d+$/, '') };
      return both(effect, watched.watch(method, ends));
    },
  });
  const late = new LateCalls({
    fromUs: budget.maxVirtualTimeMs < stillMs ? Infinity : (budget.maxVirtualTimeMs - stillMs) * 1000,
    nowUs: () => engine.nowUs,
    pendingCalls: () => network.pendingCalls(),
  });
  const processes = new Processes({
    ...{ engine, network, recorder },
    onChange(what, node) {
      if (what === 'crashed') underWay.left(node);
      calls?.note(what, node);
    },
  });
  const writes = new ClientWrites(engine, (node) =>
    network.pendingCalls().some((call) => call.node === node && isWriting(call.method)),
  );
  const observer = processes.of(OBSERVER);
  const world = { cluster, process: (name: string) => processes.of(name) };
  const levers = createLevers({ engine, network, cluster, observer, processes });
  const faults = new SimulatedFaults({
    ...{ faults: plan.faults, engine, levers, observer, underWay },
    left: request.withoutByHand,
  });
  const liveness = new LivenessWatch({
    ...{ engine, observer, recorder, livenessMs: budget.livenessMs },
    changedUs: () => own.changedUs,
    daemons: () => audit.daemons,
    faultsOverUs: () => faults.overUs,
    onStill: () => giveUp('liveness'),
    isHeldUp: () => !isSettled && faults.heldUpBy.length > 0,
  });
  const optionsOf = (name: string) => ({
    hosts: network.hosts,
    grpcOptions: network.grpcOptions(processes.of(name)),
  });
  const stage: Stage = {
    ...{ recorder, audit, effects, awaited },
    isSimulated: true,
    serving: () => network.serving,
    prefix: PREFIX,
    log: { covers: 'the prefix', own },
    authentication: needsAuthentication(plan.faults),
    clientOptions: optionsOf,
    observerOptions: () => optionsOf(OBSERVER),
    within: (performing, body) => processes.of(performing.node).within(performing, body),
    spawn(name, body) {
      faults.started(name);
      return processes.run(name, body).finally(() => {
        underWay.left(name);
        liveness.onNodeEnd();
      });
    },
    startFaults(operator) {
      settingUp = false;
      calls?.note('started');
      faults.start(operator);
      liveness.start();
    },
    inject: async (fault, options) => faults.inject(fault, options),
    currentNode: () => currentNode()?.name,
    crash(node) {
      const did = processes.end(node);
      if (did) faults.crashed(node);
      return did;
    },
    settles: () => void (isSettled = true),
    waitedInVain() {
      // Its nodes end with it, and then their watches are theirs no more.
      const known = calls?.calls(own.entries({ from: 1, to: own.revision }, new Set([MARKER])));
      stuckAt ??= { ...waitingNow(processes.working), ...(known === undefined ? {} : { calls: known }) };
    },
    exit: (node) => processes.exit(node),
    leftBy: (node) => writes.leftBy(processes.of(node)),
    endFaults: () => faults.end(),
    stuck: new Promise((resolve) => {
      stuck = resolve;
    }),
  };
  // Links exist before anything happens, so that faults may target nodes that have not connected yet.
  for (const node of plan.nodes) processes.of(node.name);
  const end = await engine.run(observer, () => drive(scenario, plan, stage));
  recorded?.look(engine, world);
  cluster.close();
  writes.close();
  problems.push(...engine.nodeErrors.map((error) => problemOf(error, scenario)));
  if (end.kind === 'aborted') throw signal.reason;
  if (end.kind === 'failed') throw end.error;
  audit.sharesNames(own.ambiguous, PREFIX);
  // A test is judged over all of its seeds; in one, a branch of its code may not have come to send what it built.
  if (scenario.isOpen !== true) {
    for (const { operation, what } of writes.neverSent()) audit.neverSent(operation, what);
  }
  const { log, ...history } =
    end.kind === 'completed' ? end.value : { operations: recorder.operations, log: [] };
  const { crashes } = recorder;
  const outsideKeys = own.outsideKeys(new Set([MARKER]));
  const knownCalls = calls?.calls(log);
  const stuckRun = knownCalls &&
    stuckAt && {
      ...{ calls: knownCalls, ...stuckAt, crashes },
      log: log.filter(({ revision }) => revision <= (stuckAt?.revision ?? 0)),
    };
  return {
    history: {
      ...{ ...history, log, crashes, commits: own.commits },
      standstills: faults.standstills,
      drifts: faults.drifts,
      ...(outsideKeys.length === 0 ? {} : { outsideKeys }),
      ...(knownCalls === undefined
        ? {}
        : {
            calls: knownCalls,
            incidents: calls?.incidents(knownCalls, log, breakers?.incidents) ?? [],
            ...(scenario.isOpen === true ? { testReads: calls?.observerReads(log) ?? [] } : {}),
          }),
    },
    problems: audit.problems(
      recorder.operations,
      stuckRun === undefined ? problems : problems.map((problem) => withReasons(problem, stuckRun)),
    ),
    faults: faults.records(),
    counters: { ...recorder.counters, calls: network.calls, ...network.traffic },
    wallTimeMs: elapsedMs(),
    virtualTimeMs: engine.nowUs / 1000,
    trace: { hash: engine.trace.digest(), events: engine.events },
    checkpoints: engine.trace.checkpoints,
    ...(recorded === undefined ? {} : { recording: recorded.recording(own, new Set([MARKER])) }),
  };
}

/** A run that ends with its budget was stuck if nothing had changed for so many times the time of a run without success. */
const STANDSTILL_FACTOR = 2;

/** The in-memory etcd's host: virtual time and random streams of its own. */
export function hostOf(engine: Engine): Parameters<typeof createCluster>[0]['host'] {
  const lane = engine.lane('etcd');
  return {
    nowMs: () => Math.floor(engine.nowUs / 1000),
    schedule: (delayMs, action) => engine.schedule(lane, Math.round(delayMs * 1000), 'etcd timer', action),
    scheduleHousekeeping: (delayMs, action) =>
      engine.scheduleBackground(lane, Math.round(delayMs * 1000), 'etcd housekeeping', action),
    randomUint32: (stream) => engine.random.stream(`etcd/${stream}`).uint32(),
  };
}

/** What to do about a node that waits for real time. */
function describeNativeTimer({ node, where = 'an unknown line' }: NativeTimer): string {
  return `${node} has set a native timer at ${where}: its module took the function before etcd-sim was loaded; import etcd-sim first`;
}

/** @param isOpen the observer's code is the body of a test then */
function problemOf(
  { node: runs, error, promise, timeUs }: NodeError,
  { isOpen }: ExecutionRequest['scenario'],
): Problem {
  const node = isOpen === true && runs === OBSERVER ? AFTERWARDS : runs;
  const problem = { kind: 'node-error', node, ...errorParts(error), timeUs } as const;
  const write = unawaitedBy(promise);
  if (write === undefined) return problem;
  const { difference, stack } = problem;
  const line = `it is the error of ${write.what} at ${write.place}, which no code awaits`;
  const frames = stack.search(/^ +at /m);
  const end = frames === -1 ? stack.length : frames - 1;
  return {
    ...problem,
    difference: difference === undefined ? line : `${line}\n${difference}`,
    stack: `${stack.slice(0, end)}\n    at ${write.place}${stack.slice(end)}`,
  };
}
