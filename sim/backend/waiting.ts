/** Describes the waits of a stuck run: every pending operation, and the calls behind it. */
import type { Activity } from '../engine/activity.js';
import type { Budget, StuckReason } from '../engine/engine.js';
import type { Fault } from '../faults/index.js';
import { neverHealed } from '../faults/still-on.js';
import type { Operation } from '../history/history.js';
import type { Recorder } from '../history/recorder.js';
import type { Network, PendingCall } from '../network/network.js';
import type { Problem, WaitCause } from '../run/run-result.js';
import { AFTERWARDS, OBSERVER } from '../scenario/expect-nodes.js';
import { awaitedKeys } from './awaited-keys.js';
import { describeReason, headlineOf } from './describe-reasons.js';
import { shortMethod } from './call-contents.js';
import { waitReasons, type StuckRun, type WaitReason } from './wait-reasons.js';

/** A run that cannot continue, or may not. */
export interface Stuck {
  readonly reason: StuckReason | 'liveness' | 'standstill';
  readonly budget: Budget;
  readonly nowUs: number;
  readonly recorder: Recorder;
  readonly network: Network;
  /** The nodes whose code has not ended. */
  readonly unfinished: readonly string[];
  /** Those of them that need not end. */
  readonly daemons: ReadonlySet<string>;
  readonly activity: Activity;
  /** What else is awaited, one line each. */
  readonly awaited: readonly string[];
  /** In a standstill, the keys that were still put, again and again. */
  readonly heartbeats?: ReadonlySet<string> | undefined;
}

/** The problem of a stuck run, in words. */
export function describeWaiting({
  reason,
  budget,
  nowUs,
  recorder,
  network,
  activity,
  ...stuck
}: Stuck): Problem {
  const { daemons, awaited } = stuck;
  const nodes = [...stuck.unfinished];
  // The log of the run is watched until its end.
  const calls = network
    .pendingCalls()
    .filter(({ node, method }) => !(node === OBSERVER && /Watch$/.test(method)));
  const isNamed = (node: string) => awaited.some((line) => line.startsWith(`${node} waits `));
  const mustEnd = nodes.filter((node) => !daemons.has(node) && !isNamed(node));
  const waiting = [...whoWaits(nowUs, recorder, mustEnd, calls), ...awaited];
  switch (reason) {
    case 'deadlock':
      return { kind: 'deadlock', message: 'nodes still wait, and no event is left', waiting, nodes };
    case 'events':
      return { kind: 'budget', message: `more than ${budget.maxEvents} events${whoRan(activity)}`, waiting };
    case 'virtual time': {
      const message = `more than ${budget.maxVirtualTimeMs} ms of virtual time${whoRan(activity)}`;
      return { kind: 'budget', message, waiting };
    }
    case 'standstill': {
      const message = `${whatStood(stuck.heartbeats)}, and no node has ended, until ${budget.maxVirtualTimeMs} ms of virtual time were over${whoRan(activity)}`;
      return { kind: 'liveness', message, waiting, nodes };
    }
    case 'liveness': {
      const message = `no operation has succeeded, and no node has ended, for ${budget.livenessMs} ms without a fault`;
      return { kind: 'liveness', message, waiting, nodes };
    }
  }
}

/** Code that waits reads no heartbeat. */
function whatStood(heartbeats: ReadonlySet<string> = new Set()): string {
  if (heartbeats.size === 0) return 'nothing in etcd has changed';
  const shown = [...heartbeats].sort().slice(0, BUSIEST_MAX).join(', ');
  const names = heartbeats.size > BUSIEST_MAX ? `${shown} and ${heartbeats.size - BUSIEST_MAX} more` : shown;
  return `nothing in etcd has changed except ${names}, which no waiting code reads`;
}

/** What waits under a fault that the test never ended says nothing about the code. */
export function heldUp(problem: Problem, faults: readonly Fault[], pending: readonly Operation[]): Problem {
  const { message = '', waiting = [] } = problem as { message?: string; waiting?: readonly string[] };
  return {
    kind: 'never-healed',
    message: `${neverHealed(faults)}: ${[message, ...waiting].join('; ')}`,
    operations: pending.map(({ id }) => id),
  };
}

const BUSIEST_MAX = 3;

/** The nodes with the most events in a run that does not end, and the most recent events. */
function whoRan(activity: Activity): string {
  const nodes = activity
    .busiest(BUSIEST_MAX)
    .map(({ node, events }) => `${node} had ${events}`)
    .join(', ');
  const kinds = activity
    .recent(BUSIEST_MAX)
    .map(({ label, events }) => `${events} ${label}`)
    .join(', ');
  return nodes === '' ? '' : `: ${nodes}; the last ${activity.recentEvents} were ${kinds}`;
}

/** The problem with the reasons why nodes wait, as far as the calls of the run show them. */
export function withReasons(problem: Problem, stuckRun: StuckRun): Problem {
  if (problem.kind === 'node-error') return withLostWakeUp(problem, stuckRun);
  if (problem.kind !== 'deadlock' && problem.kind !== 'liveness') return problem;
  const reasons = waitReasons(stuckRun);
  const headline = headlineOf(reasons);
  const { kind, message, waiting, nodes } = problem;
  // Each wait of a circle has a line of its own.
  const lines = new Set(reasons.filter((reason) => reason.kind !== 'circle').map(describeReason));
  // A node that polls is not one that forgot to end.
  const explained = new Set(
    reasons.flatMap((reason) => (reason.kind === 'polls' ? [unfinishedLine(reason.waiter.node)] : [])),
  );
  const cause = causeOf(reasons);
  return {
    kind,
    message: headline === undefined ? message : `${message}: ${headline}`,
    waiting: [...waiting.filter((line) => !explained.has(line)), ...lines],
    ...(nodes === undefined ? {} : { nodes }),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** A test has waited in vain, because nodes do. */
function withLostWakeUp(
  problem: Extract<Problem, { readonly kind: 'node-error' }>,
  stuckRun: StuckRun,
): Problem {
  const waits = problem.node === AFTERWARDS ? waitReasons(stuckRun) : [];
  const headline = headlineOf(waits);
  if (headline === undefined) return problem;
  const { reasons = [] } = problem;
  const cause = causeOf(waits);
  return { ...problem, reasons: [headline, ...reasons], ...(cause === undefined ? {} : { cause }) };
}

/** The cause of the first reason, which is the most important one. */
function causeOf([reason]: readonly WaitReason[]): WaitCause | undefined {
  switch (reason?.kind) {
    case undefined:
    case 'polls':
      return undefined;
    case 'circle':
      return 'circle';
    case 'lost':
      return `lost-${reason.how}`;
    case 'held':
      return reason.fate === undefined ? 'held' : `held-${reason.fate}`;
    default:
      return reason satisfies never;
  }
}

/**
 * One sentence for each operation that has not returned, for each call of a node without one, and for each
 * other node that has not ended. Without `calls` they are left out: the real backend does not know them.
 */
export function whoWaits(
  nowUs: number,
  recorder: Recorder,
  unfinished: Iterable<string>,
  calls?: readonly PendingCall[],
): string[] {
  const lines = recorder.pending.map(({ node, name, id, invoke }) => {
    const waits = `${node} waits in ${name} ${id}${since(nowUs, invoke.timeUs)}`;
    if (calls === undefined) return waits;
    const own = calls.filter((call) => call.node === node);
    const behind =
      own.length === 0
        ? 'no call in flight'
        : own
            .map(
              (call) =>
                `${shortMethod(call.method)}${awaitedKeys(call)} at ${call.member}${since(nowUs, call.startedUs)}`,
            )
            .join(', ');
    return `${waits}: ${behind}`;
  });
  const idle = (calls ?? []).filter(
    (call) => !recorder.pending.some((operation) => operation.node === call.node),
  );
  const named = new Set([...recorder.pending, ...idle].map(({ node }) => node));
  const silent = [...unfinished].filter((name) => !named.has(name));
  return [
    ...lines,
    ...idle.map(
      (call) =>
        `${call.node} waits for ${shortMethod(call.method)}${awaitedKeys(call)} at ${call.member}${since(nowUs, call.startedUs)}`,
    ),
    ...silent.map((name) => unfinishedLine(name, calls === undefined ? 'operation' : 'operation or call')),
  ];
}

/** @param what is not in flight, as far as the backend knows */
function unfinishedLine(name: string, what = 'operation or call'): string {
  const hint =
    name === 'setup'
      ? ''
      : ': it awaits what no event brings any more, or never ends by itself and has to be a daemon';
  return `${name} has not finished, yet has no ${what} in flight${hint}`;
}

function since(nowUs: number, startedUs: number): string {
  return ` for ${Math.floor((nowUs - startedUs) / 1000)} ms`;
}
