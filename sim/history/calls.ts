/**
 * Who handed which key to whom, as data: every call of a node that is about keys, the revision it wrote and the
 * versions it read. Only of runs that are asked to record it. Invariant: a version was written by at most one call,
 * and what a call is said to have read had arrived at its node.
 */
import type { Moment } from './moment.js';

/**
 * When something happened to a call. Its sequence is the last one that the history had given by then, for calls take
 * none of their own.
 */
export interface CallMoment extends Moment {
  /** Position among all moments of calls of the run. */
  readonly order: number;
}

/** Keys by where they begin and end: without an end the one key, with an empty end all from the key on. */
export interface KeyRange {
  /** Without the run's prefix. */
  readonly key: string;
  readonly rangeEnd?: string;
}

/** One version of a key that a node was told of. */
export interface KeyRead {
  readonly key: string;
  /** At which the version was made. */
  readonly revision: number;
  /** An event that tells that the key was deleted. */
  readonly deletes?: true;
  /** When it arrived at the node. */
  readonly at: CallMoment;
}

/** A range that a node read: what is in it and was not among what the call read was not there. */
export interface Look extends KeyRange {
  /** At which it was looked at. */
  readonly revision: number;
  /** False where a limit or a filter may have kept something back. */
  readonly complete: boolean;
  /** How many keys there were, where the node asked for their number alone. */
  readonly count?: number;
  readonly at: CallMoment;
}

/** A comparison of a transaction that did not hold, so that etcd refused what the transaction was for. */
export interface FailedComparison {
  readonly key: string;
  readonly of: 'version' | 'create revision' | 'revision' | 'value' | 'lease';
  readonly relation: '=' | '>' | '<' | '!=';
  readonly expected: string;
  /** What etcd had then; undefined where the log does not tell. */
  readonly found?: string;
  /** The revision that made what etcd had; undefined where the key was not there. */
  readonly revision?: number;
}

/** What a call asked for beyond what it wrote and read; each is absent where there is none. */
export interface Asked {
  /** The keys that it was to put, and the ranges that it was to delete. */
  readonly puts?: readonly string[];
  readonly deletes?: readonly KeyRange[];
  /** The leases under which it puts, in decimal. */
  readonly leases?: readonly string[];
  /** The lease that it revokes. */
  readonly revokes?: string;
  /** The first comparison that did not hold. */
  readonly failed?: FailedComparison;
  /** Ranges that it was to delete and in which nothing was. */
  readonly missed?: readonly KeyRange[];
  /** etcd's words, where it answered with an error. */
  readonly error?: string;
}

/** In whose body something was done: an operation's id and its name, such as `lock`; undefined where it is not known. */
export interface Doing {
  readonly operation?: string;
  readonly operationName?: string;
}

/** One watcher on a stream. */
export interface Watched extends KeyRange, Doing {
  readonly asked: CallMoment;
  /** The first revision that was asked for; 0 for whatever comes. */
  readonly fromRevision: number;
  /** What it wants to be told of; undefined for everything. */
  readonly only?: 'put' | 'delete';
  /** That of etcd when it began; undefined where the node was never told that it did. */
  readonly createdRevision?: number;
  /** Where etcd ended it since it had compacted what it was to tell: up to which revision. */
  readonly compacted?: { readonly revision: number; readonly at: CallMoment };
  /** `left` where the node wants no more of it, or has died, and `broken` where it was ended for it. */
  readonly state: 'open' | 'left' | 'broken';
}

/** The revision that a call made. */
export interface Written {
  readonly revision: number;
  /** Whether the member's answer says so, on its way or lost, or what is in the log can be of this call alone. */
  readonly known: 'answered' | 'inferred';
  /** When the member answered, where it did. */
  readonly at?: CallMoment;
  /** Of the run's keys, as far as etcd's log tells. */
  readonly changes: readonly { readonly key: string; readonly type: 'put' | 'delete' }[];
}

/** One request of a node and what came back. A stream of watches is one call. */
export interface Call extends Doing, Asked {
  readonly node: string;
  readonly member: string;
  /** Such as `KV.Txn`. */
  readonly method: string;
  readonly sent: CallMoment;
  /** When the node was told the end, or gave the call up. */
  readonly returned?: CallMoment;
  /** Whether an answer of the member arrived at the node. */
  readonly answered: boolean;
  readonly wrote?: Written;
  readonly reads: readonly KeyRead[];
  readonly looks: readonly Look[];
  readonly watches: readonly Watched[];
}

/** Whether the key lies in the range. */
export function isWithin({ key: first, rangeEnd }: KeyRange, key: string): boolean {
  if (rangeEnd === undefined) return key === first;
  return key >= first && (rangeEnd === '' || key < rangeEnd);
}

/** Who wrote which revision, as far as calls tell. */
export function authorsOf(calls: readonly Call[]): ReadonlyMap<number, Call> {
  const authors = new Map<number, Call>();
  for (const call of calls) if (call.wrote !== undefined) authors.set(call.wrote.revision, call);
  return authors;
}

/** The first revision that the watch tells; undefined where nobody knows. */
export function beginningOf({ fromRevision, createdRevision }: Watched): number | undefined {
  if (fromRevision > 0) return fromRevision;
  return createdRevision === undefined ? undefined : createdRevision + 1;
}
