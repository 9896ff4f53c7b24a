/**
 * etcd and the nodes at a moment: keys, leases, watches, members, calls and operations under way, processes and their
 * clocks. Pure. Invariant: it is the state after everything that happened up to that microsecond, or up to that event.
 */
import type { LogEvent, Operation } from '../history/history.js';
import type { Recording, WatchSpan } from '../history/recording.js';
import { byEvent, byTime, isUnderWay, type Axis } from './axis.js';
import { processesAt, type ProcessState } from './processes-at.js';
import { countUpTo } from './search.js';
import { leaseEvents } from './tables.js';
import type { RecordedRun } from './recorded-run.js';

export interface KeyState {
  readonly key: string;
  readonly value: string;
  readonly revision: number;
  readonly createRevision: number;
  readonly version: number;
  /** In decimal; undefined without one. */
  readonly lease: string | undefined;
}

export interface LeaseState {
  readonly id: string;
  readonly ttlSeconds: number;
  /** Undefined without a leader that counts its time. */
  readonly expiresUs: number | undefined;
  readonly keys: readonly string[];
}

export interface WatchState extends Pick<WatchSpan, 'key' | 'rangeEnd' | 'fromRevision' | 'startUs'> {
  readonly node: string;
  readonly member: string;
}

export interface CallState {
  /** Among the run's calls. */
  readonly number: number;
  readonly method: string;
  readonly callee: string;
  readonly startUs: number;
  readonly operation: string | undefined;
  /** The line of the user's code that made it; undefined where it is not known. */
  readonly place: string | undefined;
}

export interface NodeState {
  readonly node: string;
  readonly operations: readonly Operation[];
  readonly calls: readonly CallState[];
}

export interface MemberState {
  readonly name: string;
  readonly role: 'leader' | 'follower' | 'stopped';
}

export interface MomentState {
  readonly revision: number;
  readonly keys: readonly KeyState[];
  readonly leases: readonly LeaseState[];
  readonly watches: readonly WatchState[];
  /** Those with something under way. */
  readonly nodes: readonly NodeState[];
  readonly members: readonly MemberState[];
  /** Of the nodes and the observer; empty on a page. */
  readonly processes: readonly ProcessState[];
}

/** Of an etcd without any key. */
const FIRST_REVISION = 1;

interface Version {
  readonly event: LogEvent;
  readonly lease: string | undefined;
}

/** The versions of one key, in order. */
interface KeyVersions {
  readonly key: string;
  readonly revisions: number[];
  readonly versions: Version[];
}

export class StateIndex {
  readonly #run: RecordedRun;
  readonly #axis: Axis;
  readonly #revisions: readonly number[];
  readonly #keys: readonly KeyVersions[];

  /** @param by what a moment is: virtual microseconds, or the number of an event, which the recording must know */
  constructor(run: RecordedRun, by: 'time' | 'event' = 'time') {
    this.#run = run;
    const { recording, result } = run;
    const known = knownRevisions(result.operations);
    this.#axis = by === 'event' ? byEvent(run) : byTime(run, known.timeUs);
    this.#revisions = recording?.commits.revision ?? known.revision;
    this.#keys = versionsOf(run);
  }

  at(moment: number): MomentState {
    const { recording } = this.#run;
    const axis = this.#axis;
    const revision = this.#revisions[countUpTo(axis.commits, moment) - 1] ?? FIRST_REVISION;
    const keys = this.#keys.flatMap((versions) => keyAt(versions, revision));
    return {
      revision,
      keys,
      leases: recording === undefined ? [] : leasesAt(recording, axis, moment, keys),
      watches: recording === undefined ? [] : watchesAt(recording, axis, moment),
      nodes: this.#nodesAt(moment),
      members:
        recording === undefined ? [] : membersAt(recording, axis, this.#run.result.plan.members, moment),
      processes: recording === undefined ? [] : processesAt(recording, moment),
    };
  }

  #nodesAt(moment: number): NodeState[] {
    const nodes = new Map<string, { operations: Operation[]; calls: CallState[] }>();
    const of = (node: string) => {
      const own = nodes.get(node) ?? { operations: [], calls: [] };
      nodes.set(node, own);
      return own;
    };
    const { operations, calls: spans } = this.#axis;
    this.#run.result.operations.forEach((operation, at) => {
      if (isUnderWay(operations, at, moment)) of(operation.node).operations.push(operation);
    });
    const { recording } = this.#run;
    if (recording !== undefined) {
      const { calls, actors, methods, operations: ids, steps } = recording;
      calls.startUs.forEach((startUs, at) => {
        if (!isUnderWay(spans, at, moment)) return;
        of(actors[calls.caller[at] ?? 0] ?? '').calls.push({
          number: calls.number[at] ?? 0,
          method: methods[calls.method[at] ?? 0] ?? '',
          callee: actors[calls.callee[at] ?? 0] ?? '',
          startUs,
          operation: ids[calls.operation[at] ?? -1],
          place: steps?.places[steps.callPlace[at] ?? -1],
        });
      });
    }
    const order = recording?.actors ?? [...nodes.keys()];
    return order.flatMap((node) => {
      const own = nodes.get(node);
      return own === undefined ? [] : [{ node, ...own }];
    });
  }
}

/** Without a recording, a revision is known from when the first operation that made it returned. */
function knownRevisions(operations: readonly Operation[]): { revision: number[]; timeUs: number[] } {
  const known = new Map<number, number>();
  for (const { outcome, return: end } of operations) {
    if (outcome?.kind !== 'ok' || outcome.revision === undefined || end === undefined) continue;
    known.set(outcome.revision, Math.min(known.get(outcome.revision) ?? Infinity, end.timeUs));
  }
  const sorted = [...known].sort(([left], [right]) => left - right);
  let lastUs = 0;
  return {
    revision: sorted.map(([revision]) => revision),
    // A revision is not older than those before it.
    timeUs: sorted.map(([, timeUs]) => (lastUs = Math.max(lastUs, timeUs))),
  };
}

function versionsOf({ result, recording }: RecordedRun): KeyVersions[] {
  const leases = new Map<string, string>();
  if (recording !== undefined) {
    const { attachments, leases: table } = recording;
    attachments.revision.forEach((revision, at) => {
      const id = table.ids[attachments.lease[at] ?? 0];
      if (id !== undefined) leases.set(`${revision} ${attachments.change[at] ?? 0}`, id);
    });
  }
  const keys = new Map<string, KeyVersions>();
  for (const { revision, events } of result.log) {
    events.forEach((event, change) => {
      const own = keys.get(event.key) ?? { key: event.key, revisions: [], versions: [] };
      keys.set(event.key, own);
      own.revisions.push(revision);
      own.versions.push({ event, lease: leases.get(`${revision} ${change}`) });
    });
  }
  return [...keys.values()].sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
}

function keyAt({ key, revisions, versions }: KeyVersions, revision: number): KeyState[] {
  const at = countUpTo(revisions, revision) - 1;
  const version = versions[at];
  if (version === undefined || version.event.type === 'delete') return [];
  const { value, createRevision, version: writes } = version.event;
  return [
    { key, value, revision: revisions[at] ?? 0, createRevision, version: writes, lease: version.lease },
  ];
}

function leasesAt(recording: Recording, axis: Axis, moment: number, keys: readonly KeyState[]): LeaseState[] {
  const { leases } = recording;
  const alive = new Map<number, { ttlSeconds: number; expiresUs: number | undefined }>();
  const leader = recording.members.leader[countUpTo(axis.members, moment) - 1] ?? -1;
  /** As the leader of that moment has them. */
  const dates = new Map<number, number>();
  const end = countUpTo(axis.leases, moment);
  for (let at = 0; at < end; at++) {
    const [lease = 0, value = 0] = [leases.lease[at], leases.value[at]];
    switch (leaseEvents[leases.kind[at] ?? 0]) {
      case 'granted':
        alive.set(lease, { ttlSeconds: value, expiresUs: undefined });
        break;
      case 'revoked':
        alive.delete(lease);
        break;
      default:
        if (leases.member[at] === leader) dates.set(lease, value);
    }
  }
  const keysOf = new Map<string, string[]>();
  for (const { key, lease } of keys) {
    if (lease === undefined) continue;
    keysOf.set(lease, [...(keysOf.get(lease) ?? []), key]);
  }
  return [...alive].map(([lease, { ttlSeconds }]) => {
    const id = leases.ids[lease] ?? '';
    const date = dates.get(lease) ?? -1;
    return { id, ttlSeconds, expiresUs: date === -1 ? undefined : date, keys: keysOf.get(id) ?? [] };
  });
}

function watchesAt({ watches, calls, actors }: Recording, axis: Axis, moment: number): WatchState[] {
  return watches
    .filter((_, at) => isUnderWay(axis.watches, at, moment))
    .map(({ call, ...watch }) => ({
      ...watch,
      node: actors[calls.caller[call] ?? 0] ?? '',
      member: actors[calls.callee[call] ?? 0] ?? '',
    }));
}

function membersAt(
  { members, actors }: Recording,
  axis: Axis,
  names: readonly string[],
  moment: number,
): MemberState[] {
  const at = countUpTo(axis.members, moment) - 1;
  const leader = actors[members.leader[at] ?? -1];
  const running = members.running[at] ?? 0;
  return names.map((name, position) => {
    const runs = Math.floor(running / 2 ** position) % 2 === 1;
    return { name, role: !runs ? 'stopped' : name === leader ? 'leader' : 'follower' };
  });
}
