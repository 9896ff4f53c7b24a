/**
 * etcd and the nodes at a moment: keys, leases, watches, members, calls and operations under way. Pure. Invariant: it is
 * the state after everything that happened up to that microsecond.
 */
import type { LogEvent, Operation } from '../../../sim/history/history.js';
import type { Recording, WatchSpan } from '../../../sim/history/recording.js';
import { countUpTo } from './search.js';
import { leaseEvents } from './tables.js';
import type { ShownRun } from './unpack.js';

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
  readonly method: string;
  readonly callee: string;
  readonly startUs: number;
  readonly operation: string | undefined;
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
  readonly #run: ShownRun;
  readonly #commits: { readonly revision: readonly number[]; readonly timeUs: readonly number[] };
  readonly #keys: readonly KeyVersions[];

  constructor(run: ShownRun) {
    this.#run = run;
    this.#commits = run.recording?.commits ?? knownRevisions(run.result.operations);
    this.#keys = versionsOf(run);
  }

  at(timeUs: number): MomentState {
    const { recording } = this.#run;
    const revision = this.#commits.revision[countUpTo(this.#commits.timeUs, timeUs) - 1] ?? FIRST_REVISION;
    const keys = this.#keys.flatMap((versions) => keyAt(versions, revision));
    return {
      revision,
      keys,
      leases: recording === undefined ? [] : leasesAt(recording, timeUs, keys),
      watches: recording === undefined ? [] : watchesAt(recording, timeUs),
      nodes: this.#nodesAt(timeUs),
      members: recording === undefined ? [] : membersAt(recording, this.#run.result.plan.members, timeUs),
    };
  }

  #nodesAt(timeUs: number): NodeState[] {
    const nodes = new Map<string, { operations: Operation[]; calls: CallState[] }>();
    const of = (node: string) => {
      const own = nodes.get(node) ?? { operations: [], calls: [] };
      nodes.set(node, own);
      return own;
    };
    for (const operation of this.#run.result.operations) {
      const endUs = operation.return?.timeUs ?? Infinity;
      if (operation.invoke.timeUs <= timeUs && timeUs < endUs) of(operation.node).operations.push(operation);
    }
    const { recording } = this.#run;
    if (recording !== undefined) {
      const { calls, actors, methods, operations } = recording;
      calls.startUs.forEach((startUs, at) => {
        const endUs = calls.endUs[at] ?? -1;
        if (startUs > timeUs || (endUs !== -1 && endUs <= timeUs)) return;
        of(actors[calls.caller[at] ?? 0] ?? '').calls.push({
          method: methods[calls.method[at] ?? 0] ?? '',
          callee: actors[calls.callee[at] ?? 0] ?? '',
          startUs,
          operation: operations[calls.operation[at] ?? -1],
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

function versionsOf({ result, recording }: ShownRun): KeyVersions[] {
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

function leasesAt(recording: Recording, timeUs: number, keys: readonly KeyState[]): LeaseState[] {
  const { leases } = recording;
  const alive = new Map<number, { ttlSeconds: number; expiresUs: number | undefined }>();
  const leader = leaderAt(recording, timeUs);
  /** As the leader of that moment has them. */
  const dates = new Map<number, number>();
  for (let at = 0; at < leases.timeUs.length && (leases.timeUs[at] ?? 0) <= timeUs; at++) {
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

function watchesAt({ watches, calls, actors }: Recording, timeUs: number): WatchState[] {
  return watches
    .filter(({ startUs, endUs = Infinity }) => startUs <= timeUs && timeUs < endUs)
    .map(({ call, ...watch }) => ({
      ...watch,
      node: actors[calls.caller[call] ?? 0] ?? '',
      member: actors[calls.callee[call] ?? 0] ?? '',
    }));
}

/** Position among the actors; -1 for none. */
function leaderAt({ members }: Recording, timeUs: number): number {
  return members.leader[countUpTo(members.timeUs, timeUs) - 1] ?? -1;
}

function membersAt({ members, actors }: Recording, names: readonly string[], timeUs: number): MemberState[] {
  const at = countUpTo(members.timeUs, timeUs) - 1;
  const leader = actors[members.leader[at] ?? -1];
  const running = members.running[at] ?? 0;
  return names.map((name, position) => {
    const runs = Math.floor(running / 2 ** position) % 2 === 1;
    return { name, role: !runs ? 'stopped' : name === leader ? 'leader' : 'follower' };
  });
}
