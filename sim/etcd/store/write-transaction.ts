/**
 * One transaction that may write. Its own reads see its own writes; all its changes get the same revision, the one
 * after the store's. Invariant: nothing moves the store's revision but `end`, and only where something changed.
 */
import type { ByteString } from '../byte-string.js';
import type { Result } from '../result.js';
import { Change } from './change.js';
import { Operations } from './operations.js';
import type { RangeEnd, RangeOptions, RangeResult, Store } from './store.js';

export class WriteTransaction {
  readonly #store: Store;
  readonly #changes: Change[] = [];
  readonly #beginRevision: number;
  readonly #operations = new Operations();

  constructor(store: Store) {
    this.#store = store;
    this.#beginRevision = store.revision;
  }

  /** The revision its own reads are at: the store's until it has changed something, then its own. */
  get revision(): number {
    return this.#changes.length > 0 ? this.#beginRevision + 1 : this.#beginRevision;
  }

  get(key: ByteString): Change | undefined {
    return this.#store.get(key, this.revision);
  }

  range(key: ByteString, end: RangeEnd, options?: RangeOptions): Result<RangeResult> {
    this.#operations.ranges++;
    return this.#store.range(key, end, options, this.revision);
  }

  /** Counts a range that etcd looks at where a look at the key will do. */
  countRange(): void {
    this.#operations.ranges++;
  }

  put(key: ByteString, value: ByteString, lease: bigint): void {
    this.#operations.puts++;
    this.#operations.putBytes += key.length + value.length;
    const revision = this.#beginRevision + 1;
    const before = this.#store.get(key, revision);
    this.#add(
      new Change(
        // The history of a key holds the key once.
        before === undefined ? key : before.key,
        before === undefined ? revision : before.createRevision,
        revision,
        this.#changes.length,
        before === undefined ? 1 : before.version + 1,
        value,
        lease,
      ),
    );
    const leaseBefore = before === undefined ? 0n : before.lease;
    if (leaseBefore === lease) return;
    if (leaseBefore !== 0n) this.#store.leases.detach(leaseBefore, key);
    if (lease !== 0n) this.#store.leases.attach(lease, key);
  }

  /** Deletes what exists in the range and returns how many keys that were. */
  deleteRange(key: ByteString, end: RangeEnd): number {
    this.#operations.deletes++;
    const found = this.#store.range(key, end, undefined, this.revision);
    // The newest revision can be neither compacted nor in the future.
    if (found.kind === 'failed') return 0;
    for (const before of found.value.kvs) {
      const { length } = this.#changes;
      this.#add(new Change(before.key, 0, this.#beginRevision + 1, length, 0, '', 0n));
      if (before.lease !== 0n) this.#store.leases.detach(before.lease, before.key);
    }
    return found.value.count;
  }

  /** From here on it may write. etcd reads in a transaction before, which counts as one. */
  endReads(): void {
    this.#operations.addTo(this.#store.counts);
  }

  /** Commits. Returns its changes, none where nothing changed. */
  end(): readonly Change[] {
    this.#operations.addTo(this.#store.counts);
    this.#store.commit(this.#changes);
    return this.#changes;
  }

  #add(change: Change): void {
    this.#changes.push(change);
    this.#store.record(change);
  }
}
