/**
 * Why nodes wait, derived from their calls' reads and writes: for an existing key of another node, in a
 * circle, or for a change that has already happened. Invariant: a pure function. It reports only what the
 * record of calls shows, and prefers the last change of a key.
 */
import { authorsOf, beginningOf, isWithin, type Call, type Watched } from '../history/calls.js';
import type { Crash, LogEntry, Operation } from '../history/history.js';
import { pollOf } from './polls.js';
import { knowledgeOf } from './wait-knowledge.js';

/** The known facts of a run that is stuck. */
export interface StuckRun {
  readonly calls: readonly Call[];
  /** Up to the moment when the run got stuck. */
  readonly log: readonly LogEntry[];
  /** Operations that have not returned and may. */
  readonly pending: readonly Pick<Operation, 'id' | 'node'>[];
  /** Nodes whose code has not ended. */
  readonly unfinished: ReadonlySet<string>;
  /** Those of them that need not end: they may poll. */
  readonly daemons?: ReadonlySet<string>;
  readonly crashes: readonly Crash[];
  /** Keys that are put again and again, and that no waiting code reads. */
  readonly heartbeats?: ReadonlySet<string> | undefined;
}

/** The waiting operation of a node, or only the node if the operation is unknown. */
export interface Waiter {
  readonly node: string;
  readonly operation?: string;
}

/** The operation or node that changed a key. */
export interface Author {
  readonly node: string;
  readonly operation?: string;
}

/** A change of a key. */
export interface KeyChange {
  readonly key: string;
  readonly type: 'put' | 'delete';
  readonly revision: number;
  /** No later change of that key exists. */
  readonly isLast: boolean;
  /** Undefined if no known call made it, as when a lease expired. */
  readonly by?: Author;
}

/** The waiter waits for the deletion of an existing key. */
export interface Held {
  readonly kind: 'held';
  readonly waiter: Waiter;
  readonly change: KeyChange;
  /**
   * The fate of the key's author: its code has ended, or the process that put the key has died; otherwise
   * undefined.
   */
  readonly fate?: 'ended' | 'died';
}

/** Each waits for a key that the next one put, and the last for a key that the first one put. */
export interface Circle {
  readonly kind: 'circle';
  readonly waits: readonly Held[];
}

/** The change that should have woken the waiter has happened, but did not reach it. */
export interface LostWakeUp {
  readonly kind: 'lost';
  readonly waiter: Waiter;
  readonly change: KeyChange;
  /** The first revision of the open watch, or of the last one. */
  readonly fromRevision: number;
  /**
   * It happened before the watch began; or the watch did not report it; or the watch had broken and was not
   * reopened.
   */
  readonly how: 'before' | 'untold' | 'unwatched';
}

/** The waiter asks for a key again and again, until a call changes it. */
export interface Polls {
  readonly kind: 'polls';
  readonly waiter: Waiter;
  readonly key: string;
  /** How often it got the same answer. */
  readonly times: number;
  /** The last change of the key; undefined if there is none. */
  readonly change?: KeyChange;
  /** It gets a version from before that change. */
  readonly isOld: boolean;
  readonly fate?: Held['fate'];
}

export type WaitReason = Held | Circle | LostWakeUp | Polls;

interface Wait {
  readonly waiter: Waiter;
  readonly watched: Watched;
}

/** Circles first, then lost wake-ups, then the holders of awaited keys, then those who poll. */
export function waitReasons(stuckRun: StuckRun): readonly WaitReason[] {
  const authors = authorsOf(stuckRun.calls);
  const waits = waitsIn(stuckRun);
  const changes = changesIn(stuckRun.log, authors);
  const lost = waits.flatMap((wait) => lostIn(wait, stuckRun, changes));
  const held = waits.flatMap((wait) => heldIn(wait, stuckRun, changes, authors));
  const circle = circleOf(held, stuckRun);
  const polls = pollsIn(stuckRun, waits, changes, authors);
  return [...(circle === undefined ? [] : [circle]), ...lost, ...held, ...polls];
}

/** Of waiters that watch nothing. */
function pollsIn(
  stuckRun: StuckRun,
  waits: readonly Wait[],
  changes: readonly KeyChange[],
  authors: ReadonlyMap<number, Call>,
): Polls[] {
  const { calls, pending, unfinished, daemons, heartbeats = new Set() } = stuckRun;
  const busy = new Set(pending.map(({ node }) => node));
  const waiters: Waiter[] = [
    ...pending.map(({ node, id }) => ({ node, operation: id })),
    ...[...unfinished]
      .filter((node) => !busy.has(node) && daemons?.has(node) !== true)
      .map((node) => ({ node })),
  ];
  return waiters.flatMap((waiter): Polls[] => {
    const { node, operation } = waiter;
    if (waits.some((wait) => wait.waiter.node === node && wait.waiter.operation === operation)) return [];
    const isHeartbeat = ({ puts = [] }: Call) => puts.length > 0 && puts.every((key) => heartbeats.has(key));
    const own = calls.filter((call) => call.node === node && !isHeartbeat(call));
    // A node may poll in one operation after another.
    const poll =
      pollOf(own.filter((call) => call.operation === operation)) ??
      (operation === undefined ? pollOf(own) : undefined);
    if (poll === undefined) return [];
    const { key, times, revision } = poll;
    const change = changes.find((one) => one.key === key);
    const isPut = change?.type === 'put';
    const isOld = revision !== (isPut ? change.revision : undefined);
    const author = isPut ? authors.get(change.revision) : undefined;
    const fate = author === undefined ? undefined : fateOf(author, stuckRun);
    return [
      {
        ...({ kind: 'polls', waiter, key, times, isOld } as const),
        ...(change === undefined ? {} : { change }),
        ...(fate === undefined ? {} : { fate }),
      },
    ];
  });
}

/**
 * Every open watch, once, of pending operations and of nodes whose code continues outside of any. For a
 * pending operation with nothing else under way, also its last broken watch.
 */
function waitsIn({ calls, pending, unfinished }: StuckRun): Wait[] {
  const ids = new Set(pending.map(({ id }) => id));
  const busy = new Set(
    calls.filter(({ returned }) => returned === undefined).map(({ operation }) => operation),
  );
  const waits = new Map<string, Wait>();
  const broken = new Map<string, Wait>();
  for (const { node, watches } of calls) {
    const own = pending.filter((operation) => operation.node === node);
    for (const watched of watches) {
      const operation = watched.operation ?? (own.length === 1 ? own[0]?.id : undefined);
      const isWaited = operation === undefined ? unfinished.has(node) : ids.has(operation);
      if (!isWaited || watched.state === 'left') continue;
      const waiter = operation === undefined ? { node } : { node, operation };
      const { key, rangeEnd, fromRevision } = watched;
      if (watched.state === 'open') {
        busy.add(operation);
        waits.set(JSON.stringify([waiter, key, rangeEnd, fromRevision]), { waiter, watched });
      } else if (operation !== undefined) broken.set(operation, { waiter, watched });
    }
  }
  const idle = [...broken].filter(([operation]) => !busy.has(operation));
  return [...waits.values(), ...idle.map(([, wait]) => wait)];
}

/** Every change, the newest first. */
function changesIn(log: readonly LogEntry[], authors: ReadonlyMap<number, Call>): KeyChange[] {
  const seen = new Set<string>();
  return [...log].reverse().flatMap(({ revision, events }) =>
    events.map(({ key, type }) => {
      const author = authors.get(revision);
      const change = { key, type, revision, isLast: !seen.has(key) };
      seen.add(key);
      return author === undefined ? change : { ...change, by: authorOf(author) };
    }),
  );
}

function authorOf({ node, operation }: Call): Author {
  return operation === undefined ? { node } : { node, operation };
}

/**
 * A change that the waiter did not learn of, although it watches or has read the key: preferably the last
 * change of a key, otherwise the newest.
 */
function lostIn({ waiter, watched }: Wait, { calls }: StuckRun, changes: readonly KeyChange[]): LostWakeUp[] {
  const begins = beginningOf(watched);
  // A waiter that never heard that its watch was created waits for that, not for the watch's events.
  if (begins === undefined || watched.createdRevision === undefined) return [];
  const knowledge = knowledgeOf(waiter, calls);
  const lost = changes.filter(({ key, type, revision, by }) => {
    if (!isWithin(watched, key) || (watched.only !== undefined && watched.only !== type)) return false;
    const isOwn = by?.operation !== undefined && by.operation === waiter.operation;
    return !isOwn && !knowledge.knows(key, revision) && knowledge.wants(key, revision);
  });
  const change = lost.find(({ isLast }) => isLast) ?? lost[0];
  if (change === undefined) return [];
  const told = watched.state === 'open' ? 'untold' : 'unwatched';
  const how = change.revision < begins ? 'before' : told;
  return [{ kind: 'lost', waiter, change, fromRevision: begins, how }];
}

/** A waiter that watches one key, and knows that it exists, waits for its deletion. */
function heldIn(
  { waiter, watched }: Wait,
  stuckRun: StuckRun,
  changes: readonly KeyChange[],
  authors: ReadonlyMap<number, Call>,
): Held[] {
  if (watched.rangeEnd !== undefined || watched.only === 'put') return [];
  const change = changes.find(({ key }) => key === watched.key);
  if (change?.type !== 'put') return [];
  if (!knowledgeOf(waiter, stuckRun.calls).knows(change.key, change.revision)) return [];
  const author = authors.get(change.revision);
  const fate = author === undefined ? undefined : fateOf(author, stuckRun);
  return [{ kind: 'held', waiter, change, ...(fate === undefined ? {} : { fate }) }];
}

function fateOf({ node, wrote, sent }: Call, { crashes, unfinished }: StuckRun): Held['fate'] {
  const { sequence } = wrote?.at ?? sent;
  if (crashes.some((crash) => crash.node === node && crash.at.sequence > sequence)) return 'died';
  return unfinished.has(node) ? undefined : 'ended';
}

/**
 * The shortest circle among waits that cannot end: every operation that could delete the key waits as well,
 * and so on. The key's author could delete it; if that operation has ended, any pending one of its node
 * could.
 */
function circleOf(held: readonly Held[], { pending }: StuckRun): Circle | undefined {
  const holders = new Map(held.map((wait) => [wait, holdersOf(wait, pending)]));
  let stuck = held.filter((wait) => wait.waiter.operation !== undefined);
  for (let before = -1; before !== stuck.length;) {
    before = stuck.length;
    const waiting = new Set(stuck.map(({ waiter }) => waiter.operation));
    stuck = stuck.filter((wait) => {
      const able = holders.get(wait) ?? [];
      return able.length > 0 && able.every((operation) => waiting.has(operation));
    });
  }
  let shortest: readonly Held[] | undefined;
  for (const start of stuck) {
    const found = wayBack(start, stuck, holders);
    if (found !== undefined && found.length < (shortest?.length ?? Infinity)) shortest = found;
  }
  return shortest && { kind: 'circle', waits: shortest };
}

/** Breadth first, from the holders of the key that `start` waits for, back to the waiter of `start`. */
function wayBack(
  start: Held,
  stuck: readonly Held[],
  holders: ReadonlyMap<Held, readonly string[]>,
): readonly Held[] | undefined {
  const seen = new Set<Held>([start]);
  let ways: (readonly Held[])[] = [[start]];
  while (ways.length > 0) {
    const longer: (readonly Held[])[] = [];
    for (const way of ways) {
      const able = holders.get(way.at(-1) ?? start) ?? [];
      if (able.some((operation) => operation === start.waiter.operation)) return way;
      for (const next of stuck) {
        if (seen.has(next) || !able.some((operation) => operation === next.waiter.operation)) continue;
        seen.add(next);
        longer.push([...way, next]);
      }
    }
    ways = longer;
  }
  return undefined;
}

/** Operations under way, one of which has to continue before the key is deleted. */
function holdersOf({ change: { by }, fate }: Held, pending: StuckRun['pending']): readonly string[] {
  if (by === undefined || fate !== undefined) return [];
  if (by.operation !== undefined && pending.some(({ id }) => id === by.operation)) return [by.operation];
  return pending.filter(({ node }) => node === by.node).map(({ id }) => id);
}
