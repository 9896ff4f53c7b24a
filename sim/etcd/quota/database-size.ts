/**
 * An estimate of how large etcd's database would be, kept up with each change and never counted anew: what every
 * change and lease takes in a page of the database, and how many pages the file has. Invariant: the file grows with
 * what is in it and shrinks by defragmentation alone, so that space that compaction freed is used again but not given
 * back. Real sizes lie within some ten percent: they depend on how writes fall into batches.
 */
import type { Change } from '../store/change.js';

/** What an empty database has in use: its buckets and the records of the cluster. */
const EMPTY_BYTES = 16_384;

/** Two pages of meta data, the list of free pages, and pages that a commit in the making holds. */
const FILE_OVERHEAD_BYTES = 4_096;

const PAGE_BYTES = 4_096;

/** Beside key and value: the header of the element, the revision, and the fields of a KeyValue. */
const CHANGE_OVERHEAD_BYTES = 56;

/** A lease and its element. */
const LEASE_BYTES = 48;

/** Elements above this have pages of their own; those below fill pages to nine tenths. */
const LARGE_BYTES = 2_048;

export class DatabaseSize {
  #content = 0;
  #allocated = EMPTY_BYTES + FILE_OVERHEAD_BYTES;

  /** Bytes that hold something. */
  get inUse(): number {
    return EMPTY_BYTES + Math.ceil(this.#content / PAGE_BYTES) * PAGE_BYTES;
  }

  /** Bytes that the file has; what the quota is held against. */
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

  /** As a database that was received whole, with the free pages of the one that it is a copy of. */
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
