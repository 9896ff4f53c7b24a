/**
 * The multi-version store: every change of every key since the last compaction, found by key or by revision. A
 * fresh store is at revision 1; a transaction that changes something moves it on by one. Invariant: the log holds,
 * in order main.sub, every change after the compaction and what is newest at it; the index holds the same changes
 * by key, and for each key the newest one before.
 */
import type { ByteString } from '../byte-string.js';
import { ERRORS } from '../errors.js';
import { Counts } from '../metrics/counts.js';
import { DatabaseSize } from '../quota/database-size.js';
import { failed, ok, type Result } from '../result.js';
import type { VersionRules } from '../version.js';
import { positionOf, type Change } from './change.js';
import {
  CompactionHashes,
  hashAtCompaction,
  hashByRevision,
  keptByCompaction,
  type KeyValueHash,
} from './hash-kv.js';
import { KeyHistory } from './key-history.js';
import { mergeChanges, type ChangeCursor } from './merge-changes.js';
import { OrderedMap } from './ordered-map.js';

/** Where a range ends: undefined is the key alone, empty is no end. */
export type RangeEnd = ByteString | undefined;

export interface RangeOptions {
  /** 0 or less is the newest. */
  readonly revision: number;
  /** 0 or less is no limit. */
  readonly limit: number;
  readonly countOnly: boolean;
}

export interface RangeResult {
  /** In order of their keys, at most `limit`. */
  readonly kvs: readonly Change[];
  /** Keys in the range, not cut by the limit. */
  readonly count: number;
  /** The newest revision when the range was read. */
  readonly revision: number;
}

/** Who keeps the books on which keys hang on which lease. */
export interface LeaseBook {
  attach(lease: bigint, key: ByteString): void;
  detach(lease: bigint, key: ByteString): void;
}

/** Changes of a range since some revision, as far as they were asked for. */
export interface ChangesSince {
  readonly changes: readonly Change[];
  /** The first revision that has more; 0 where that was all. */
  readonly moreRevision: number;
}

const NEWEST: RangeOptions = { revision: 0, limit: 0, countOnly: false };
const COMPACTED = failed(ERRORS.compacted);
const FUTURE_REVISION = failed(ERRORS.futureRevision);

/** What the version of etcd decides about the store. */
export type StoreRules = Pick<VersionRules, 'compactionForgetsDeletes'>;

export class Store {
  readonly #index = new OrderedMap<KeyHistory>((history) => history.exists);
  #log: Change[] = [];
  #revision = 1;
  /** Of the newest change in the index, which may not be committed yet. */
  #recordedRevision = 1;
  #compactRevision = -1;
  /** How large a database with all this in it would be. */
  readonly size = new DatabaseSize();
  readonly #hashes = new CompactionHashes();

  readonly #rules: StoreRules;

  constructor(
    readonly leases: LeaseBook,
    rules: StoreRules,
    readonly counts = new Counts(),
  ) {
    this.#rules = rules;
  }

  /** Of the last transaction that changed something. */
  get revision(): number {
    return this.#revision;
  }

  /** Of the last compaction; -1 before the first. */
  get compactRevision(): number {
    return this.#compactRevision;
  }

  /** Keys that exist. */
  get keys(): number {
    return this.#index.count('', '');
  }

  /** The key right after `revision`; undefined where it did not exist. */
  get(key: ByteString, revision: number): Change | undefined {
    return this.#index.get(key)?.at(revision);
  }

  /** Reads a range for someone to whom `newestRevision` is the newest. */
  range(
    key: ByteString,
    end: RangeEnd,
    options: RangeOptions = NEWEST,
    newestRevision: number = this.#revision,
  ): Result<RangeResult> {
    if (options.revision > newestRevision) return FUTURE_REVISION;
    const revision = options.revision <= 0 ? newestRevision : options.revision;
    if (revision < this.#compactRevision) return COMPACTED;
    const kvs: Change[] = [];
    if (end === undefined) {
      const change = this.get(key, revision);
      if (change !== undefined && !options.countOnly) kvs.push(change);
      return ok({ kvs, count: change === undefined ? 0 : 1, revision: newestRevision });
    }
    const limit = options.countOnly ? 0 : options.limit <= 0 ? Infinity : options.limit;
    // What exists now is counted without being looked at; of the past every key has to be asked, as in etcd.
    const count = revision >= this.#recordedRevision ? this.#index.count(key, end) : undefined;
    let seen = 0;
    this.#index.visit(key, end, (history) => {
      if (count !== undefined && seen >= limit) return false;
      const change = history.at(revision);
      if (change !== undefined && seen++ < limit) kvs.push(change);
      return true;
    });
    return ok({ kvs, count: count ?? seen, revision: newestRevision });
  }

  /**
   * Changes of [key, end) at or after `from`, of at most `revisionsMax` revisions. Takes time for what it returns and
   * for the keys of the range or the changes of the whole log in between, whichever are fewer; not for what was before.
   */
  changesSince(key: ByteString, end: RangeEnd, from: number, revisionsMax: number): ChangesSince {
    const changes: Change[] = [];
    let revisions = 0;
    let last = 0;
    const candidates = end === undefined ? this.#keySince(key, from) : this.#rangeSince(key, end, from);
    for (const change of candidates) {
      if (change.modRevision !== last) {
        last = change.modRevision;
        if (++revisions > revisionsMax) return { changes, moreRevision: last };
      }
      changes.push(change);
    }
    return { changes, moreRevision: 0 };
  }

  /** Makes changes visible, at once and as one revision. For the transaction that collected them. */
  commit(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.#revision++;
    for (const change of changes) {
      this.#log.push(change);
      this.size.add(change);
    }
  }

  /** Becomes a copy of the other, between two transactions of it. This one must be fresh. */
  copyFrom(other: Store): void {
    other.#index.visit('', '', (history) => {
      this.#index.add(history.key, history.copy());
      return true;
    });
    this.#log = [...other.#log];
    this.#revision = other.#revision;
    this.#recordedRevision = other.#recordedRevision;
    this.#compactRevision = other.#compactRevision;
    this.size.copyFrom(other.size);
    this.#hashes.copyFrom(other.#hashes);
  }

  /** Adds a change to the index, where reads of its own transaction find it. */
  record(change: Change): void {
    this.#recordedRevision = change.modRevision;
    const history = this.#index.get(change.key);
    if (history === undefined) {
      this.#index.add(change.key, new KeyHistory(change.key, change));
      return;
    }
    const { exists } = history;
    history.append(change);
    if (history.exists !== exists) this.#index.recount(change.key);
  }

  /**
   * etcd's hash of all changes until `revision`, 0 for the newest. Takes time for all that is there, as in etcd, which
   * counts it then.
   *
   * @param keepsHashes whether those of the last compactions can be had, for what is compacted too
   */
  hashUntil(revision: number, keepsHashes: boolean): Result<KeyValueHash> {
    const stored = keepsHashes ? this.#hashes.at(revision) : undefined;
    if (stored !== undefined) return ok(stored);
    const compacted = keepsHashes ? this.#compactRevision - 1 : this.#compactRevision;
    if (revision > 0 && revision <= compacted) return COMPACTED;
    if (revision > this.#revision) return FUTURE_REVISION;
    this.counts.hashesByRevision++;
    return ok(this.#hashUntil(revision === 0 ? this.#revision : revision));
  }

  /** The hash of all that is there. */
  hash(): KeyValueHash {
    this.counts.hashes++;
    return this.#hashUntil(this.#revision);
  }

  /** All that is left of history, in order. */
  history(): readonly Change[] {
    return this.#changesUntil(this.#revision);
  }

  /** Forgets history before `revision`. Takes time for what is there until then, as etcd's compaction does. */
  compact(revision: number): Result<undefined> {
    if (revision <= this.#compactRevision) return COMPACTED;
    if (revision > this.#revision) return FUTURE_REVISION;
    const past = this.#changesUntil(revision);
    const kept = keptByCompaction(past, revision);
    this.#hashes.add(hashAtCompaction(past, kept, this.#compactRevision, revision));
    this.counts.compactions++;
    for (const change of past) {
      if (kept.has(change) && !this.#isForgotten(change)) continue;
      this.size.remove(change);
      this.counts.compactedChanges++;
    }
    this.#compactRevision = revision;
    const emptied: ByteString[] = [];
    this.#index.visit('', '', (history) => {
      history.compact(revision, !this.#rules.compactionForgetsDeletes);
      if (history.isEmpty) emptied.push(history.key);
      return true;
    });
    for (const key of emptied) this.#index.delete(key);
    this.#compactLog(revision);
    return ok(undefined);
  }

  #hashUntil(revision: number): KeyValueHash {
    return hashByRevision(this.#changesUntil(revision), this.#compactRevision, revision);
  }

  #compactLog(revision: number): void {
    const log = this.#log;
    const start = positionOf(log, revision);
    const next = positionOf(log, revision + 1);
    const newest = new Map<ByteString, Change>();
    for (let index = start; index < next; index++) {
      const change = log[index] as Change;
      newest.set(change.key, change);
    }
    const kept = log
      .slice(start, next)
      .filter((change) => newest.get(change.key) === change && !this.#isForgotten(change));
    this.#log = kept.concat(log.slice(next));
  }

  /** What a change in the compacted revision itself leaves to watchers. */
  #isForgotten(change: Change): boolean {
    return change.isDelete && this.#rules.compactionForgetsDeletes;
  }

  /** All that is left of what was done until `revision`, in order: of older times, what compaction has kept. */
  #changesUntil(revision: number): readonly Change[] {
    const older: Change[] = [];
    this.#index.visit('', '', ({ oldest }) => {
      if (oldest !== undefined && oldest.modRevision < this.#compactRevision) older.push(oldest);
      return true;
    });
    older.sort((left, right) => left.modRevision - right.modRevision || left.sub - right.sub);
    const past = older.concat(this.#log.slice(0, positionOf(this.#log, revision + 1)));
    return revision < this.#compactRevision ? past.filter((change) => change.modRevision <= revision) : past;
  }

  *#keySince(key: ByteString, from: number): Generator<Change, void, undefined> {
    const cursor = this.#index.get(key)?.since(from);
    if (cursor === undefined) return;
    for (const { changes } = cursor; cursor.position < changes.length; cursor.position++) {
      yield changes[cursor.position] as Change;
    }
  }

  /** Walks the log, until it has passed by as many changes as the range has keys; then it is cheaper to ask those. */
  *#rangeSince(key: ByteString, end: ByteString, from: number): Generator<Change, void, undefined> {
    const log = this.#log;
    let left = this.#index.sizeOf(key, end);
    let last = 0;
    for (let index = positionOf(log, from); index < log.length; index++) {
      const change = log[index] as Change;
      // A revision is not divided.
      if (left <= 0 && change.modRevision !== last) {
        yield* mergeChanges(this.#cursorsSince(key, end, change.modRevision));
        return;
      }
      last = change.modRevision;
      if (change.key >= key && (end === '' || change.key < end)) yield change;
      else left--;
    }
  }

  #cursorsSince(key: ByteString, end: ByteString, from: number): ChangeCursor[] {
    const cursors: ChangeCursor[] = [];
    this.#index.visit(key, end, (history) => {
      const cursor = history.since(from);
      if (cursor !== undefined) cursors.push(cursor);
      return true;
    });
    return cursors;
  }
}
