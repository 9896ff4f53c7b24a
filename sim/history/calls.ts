/**
 * Which node handed which key to which other, as data: every call of a node about keys, the revision it wrote
 * and the versions it read. Recorded only on request. Invariant: at most one call wrote a version, and a call
 * read only what had arrived at its node.
 */
import type { Moment } from './moment.js';

/**
 * When something happened to a call. Its sequence is the last one that the history had given, because calls
 * take no sequence of their own.
 */
export interface CallMoment extends Moment {
  /** Position among all moments of calls of the run. */
  readonly order: number;
}

/** A range of keys. Without an end it is one key; with an empty end, all keys from the first on. */
export interface KeyRange {
  /** Without the run's prefix. */
  readonly key: string;
  readonly rangeEnd?: string;
}

/** One version of a key that a node saw. */
export interface KeyRead {
  readonly key: string;
  /** The revision that made the version. */
  readonly revision: number;
  /** An event that reports the deletion of the key. */
  readonly deletes?: true;
  /** When it arrived at the node. */
  readonly at: CallMoment;
}

/** A range that a node read. Keys in the range that the call did not read were absent. */
export interface Look extends KeyRange {
  /** The revision at which it was read. */
  readonly revision: number;
  /** False if a limit or a filter may have hidden keys. */
  readonly complete: boolean;
  /** How many keys there were, if the node requested only the count. */
  readonly count?: number;
  readonly at: CallMoment;
}

/** A comparison that failed, so that etcd did not run the transaction's main branch. */
export interface FailedComparison {
  readonly key: string;
  readonly of: 'version' | 'create revision' | 'revision' | 'value' | 'lease';
  readonly relation: '=' | '>' | '<' | '!=';
  readonly expected: string;
  /** What etcd had then; undefined if the log does not show it. */
  readonly found?: string;
  /** The revision that made what etcd had; undefined if the key was absent. */
  readonly revision?: number;
}

/** What a call requested beyond what it wrote and read. Each field is absent if there is nothing. */
export interface Asked {
  /** The keys to put, and the ranges to delete. */
  readonly puts?: readonly string[];
  readonly deletes?: readonly KeyRange[];
  /** The leases under which it puts, in decimal. */
  readonly leases?: readonly string[];
  /** The lease that it revokes. */
  readonly revokes?: string;
  /** The first comparison that failed. */
  readonly failed?: FailedComparison;
  /** Ranges to delete that were empty. */
  readonly missed?: readonly KeyRange[];
  /** etcd's message, if it answered with an error. */
  readonly error?: string;
}

/** The operation whose body did something: its id and its name, such as `lock`; undefined if unknown. */
export interface Doing {
  readonly operation?: string;
  readonly operationName?: string;
}

/** One watcher on a stream. */
export interface Watched extends KeyRange, Doing {
  readonly asked: CallMoment;
  /** The first revision requested; 0 for new events only. */
  readonly fromRevision: number;
  /** The kind of event that it reports; undefined for both kinds. */
  readonly only?: 'put' | 'delete';
  /** etcd's revision when it began; undefined if the node never got that answer. */
  readonly createdRevision?: number;
  /** When the node got that answer. */
  readonly created?: CallMoment;
  /** Up to which revision etcd had compacted, if etcd therefore ended the watch. */
  readonly compacted?: { readonly revision: number; readonly at: CallMoment };
  /** `left` if the node cancelled it or died; `broken` if it was ended for the node. */
  readonly state: 'open' | 'left' | 'broken';
}

/** The revision that a call made. */
export interface Written {
  readonly revision: number;
  /**
   * Whether the member's answer shows it, even a lost one, or only this call can have made what the log
   * shows.
   */
  readonly known: 'answered' | 'inferred';
  /** When the member answered, if it did. */
  readonly at?: CallMoment;
  /** Of the run's keys, as far as etcd's log shows. */
  readonly changes: readonly { readonly key: string; readonly type: 'put' | 'delete' }[];
}

/** One request of a node and its answer. A stream of watches is one call. */
export interface Call extends Doing, Asked {
  readonly node: string;
  readonly member: string;
  /** Such as `KV.Txn`. */
  readonly method: string;
  readonly sent: CallMoment;
  /** When the node learned the end, or gave the call up. */
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

/** Which call wrote which revision, as far as calls show. */
export function authorsOf(calls: readonly Call[]): ReadonlyMap<number, Call> {
  const authors = new Map<number, Call>();
  for (const call of calls) if (call.wrote !== undefined) authors.set(call.wrote.revision, call);
  return authors;
}

/** The first revision that the watch reports; undefined if unknown. */
export function beginningOf({ fromRevision, createdRevision }: Watched): number | undefined {
  if (fromRevision > 0) return fromRevision;
  return createdRevision === undefined ? undefined : createdRevision + 1;
}
