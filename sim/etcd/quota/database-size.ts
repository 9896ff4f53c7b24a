/**
 * Estimates the size of etcd's database incrementally: the space of each change and lease in a page, and the
 * number of pages in the file. Invariant: the file grows with its contents and shrinks only by
 * defragmentation, so space freed by compaction is reused but not returned. Real sizes differ by some ten
 * percent: they depend on how writes fall into batches.
 */
import type { Change } from '../store/change.js';

/** The used bytes of an empty database: its buckets and the records of the cluster. */
const EMPTY_BYTES = 16_384;

/** Two pages of meta data, the list of free pages, and pages held by a commit in progress. */
const FILE_OVERHEAD_BYTES = 4_096;

const PAGE_BYTES = 4_096;

/**
 * The overhead of a key and its value: the header of the element, the revision, and the fields of a KeyValue.
 */
const CHANGE_OVERHEAD_BYTES = 56;

/** A lease and its element. */
const LEASE_BYTES = 48;

/** Elements above this size have pages of their own; smaller ones fill pages to nine tenths. */
const LARGE_BYTES = 2_048;

export class DatabaseSize {
  #content = 0;
  #allocated = EMPTY_BYTES + FILE_OVERHEAD_BYTES;

  /** Used bytes. */
  get inUse(): number {
    return EMPTY_BYTES + Math.ceil(this.#content / PAGE_BYTES) * PAGE_BYTES;
  }

  /** Bytes of the file; the quota limits them. */
  get allocated(): number {
    return this.#allocated;
  }

  add({ key, value }: Change): void {
    this.#grow(bytesOfChange(key.length + value.length));
  }

  remove({ key, value }: Change): void {
    this.#content -= bytesOfChange(key.length + value.length);
  }

  addLease(): void {
    this.#grow(LEASE_BYTES);
  }

  removeLease(): void {
    this.#content -= LEASE_BYTES;
  }

  /** As a database that was received whole, including the free pages of its original. */
  copyFrom(other: DatabaseSize): void {
    this.#content = other.#content;
    this.#allocated = other.#allocated;
  }

  defragment(): void {
    this.#allocated = this.inUse + FILE_OVERHEAD_BYTES;
  }

  #grow(bytes: number): void {
    this.#content += bytes;
    this.#allocated = Math.max(this.#allocated, this.inUse + FILE_OVERHEAD_BYTES);
  }
}

function bytesOfChange(contentBytes: number): number {
  const bytes = CHANGE_OVERHEAD_BYTES + contentBytes;
  return bytes > LARGE_BYTES ? Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES : Math.ceil((bytes * 10) / 9);
}
