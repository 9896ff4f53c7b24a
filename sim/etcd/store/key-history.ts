/**
 * The history of one key: its changes from oldest to newest. What etcd calls generations are the stretches between
 * deletes. Invariant: after a compaction at R the first change is the newest at or before R, unless that one is a
 * delete before R.
 */
import type { ByteString } from '../byte-string.js';
import { positionOf, type Change } from './change.js';
import type { ChangeCursor } from './merge-changes.js';

export class KeyHistory {
  #changes: Change[];

  constructor(
    readonly key: ByteString,
    first: Change,
  ) {
    this.#changes = [first];
  }

  get isEmpty(): boolean {
    return this.#changes.length === 0;
  }

  /** Undefined where nothing is left. */
  get oldest(): Change | undefined {
    return this.#changes[0];
  }

  copy(): KeyHistory {
    const copy = new KeyHistory(this.key, this.#changes[0] as Change);
    copy.#changes = [...this.#changes];
    return copy;
  }

  append(change: Change): void {
    this.#changes.push(change);
  }

  /** The key as it was right after `revision`; undefined where it did not exist. */
  at(revision: number): Change | undefined {
    const changes = this.#changes;
    const newest = changes[changes.length - 1];
    // Nearly every read is at the present.
    const change =
      newest === undefined || newest.modRevision <= revision
        ? newest
        : changes[positionOf(changes, revision + 1) - 1];
    return change === undefined || change.isDelete ? undefined : change;
  }

  /** True where the key exists after its newest change. */
  get exists(): boolean {
    const newest = this.#changes[this.#changes.length - 1];
    return newest !== undefined && !newest.isDelete;
  }

  /** Where the changes at or after `revision` begin; undefined where there are none. */
  since(revision: number): ChangeCursor | undefined {
    const changes = this.#changes;
    const newest = changes[changes.length - 1];
    if (newest === undefined || newest.modRevision < revision) return undefined;
    return { changes, position: positionOf(changes, revision) };
  }

  /**
   * Forgets what no read at or after `revision` can see.
   *
   * @param keepsDeletes whether a delete at the very revision of the compaction is kept, for watches that start there
   */
  compact(revision: number, keepsDeletes: boolean): void {
    const newestBefore = positionOf(this.#changes, revision + 1) - 1;
    const change = this.#changes[newestBefore];
    if (change === undefined) return;
    const isKept = !change.isDelete || (keepsDeletes && change.modRevision === revision);
    const forget = isKept ? newestBefore : newestBefore + 1;
    if (forget > 0) this.#changes = this.#changes.slice(forget);
  }
}
