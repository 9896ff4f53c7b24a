/**
 * etcd's hash of the key-value store, which members compare to find out that they disagree: a CRC-32C over what lies in
 * etcd's database, each change as its revision and its encoded KeyValue. Invariant: for the same history the hash is
 * the one that a real etcd gives (server/storage/mvcc/hash.go), so that the two can be compared.
 */
import type { ByteString } from '../byte-string.js';
import { KEY_VALUE } from '../wire/kv.js';
import type { Change } from './change.js';
import { Crc32c } from './crc32c.js';

export interface KeyValueHash {
  /** An unsigned 32-bit integer. */
  readonly hash: number;
  /** Of the compaction that came before; -1 where there was none. */
  readonly compactRevision: number;
  /** Up to which changes are in it. */
  readonly revision: number;
}

/** The hash of what a compaction at `revision` would leave, for a client that asks. */
export function hashByRevision(
  past: readonly Change[],
  compactRevision: number,
  revision: number,
): KeyValueHash {
  const kept = newestOf(past).filter((change) => !change.isDelete);
  return { hash: hashOf(past, compactRevision, new Set(kept)), compactRevision, revision };
}

/** What a compaction at `revision` keeps for ever: differs from {@link hashByRevision} where every key is deleted. */
export function hashAtCompaction(
  past: readonly Change[],
  kept: ReadonlySet<Change>,
  compactRevision: number,
  revision: number,
): KeyValueHash {
  return { hash: hashOf(past, compactRevision, kept), compactRevision, revision };
}

/** What a compaction at `revision` leaves of the past: a delete stays where it was made at that very revision. */
export function keptByCompaction(past: readonly Change[], revision: number): ReadonlySet<Change> {
  return new Set(newestOf(past).filter((change) => !change.isDelete || change.modRevision === revision));
}

/** The hashes of the last compactions, which can still be asked for. */
export class CompactionHashes {
  /** In order of their revisions. */
  #hashes: KeyValueHash[] = [];

  at(revision: number): KeyValueHash | undefined {
    return this.#hashes.find((hash) => hash.revision === revision);
  }

  copyFrom(other: CompactionHashes): void {
    this.#hashes = other.#hashes;
  }

  add(hash: KeyValueHash): void {
    this.#hashes = [...this.#hashes, hash].slice(-HASHES_MAX);
  }
}

const HASHES_MAX = 10;

/** The newest change of each key. */
function newestOf(past: readonly Change[]): Change[] {
  const newest = new Map<ByteString, Change>();
  for (const change of past) newest.set(change.key, change);
  return [...newest.values()];
}

function hashOf(past: readonly Change[], compactRevision: number, kept: ReadonlySet<Change>): number {
  const crc = new Crc32c().update(BUCKET_NAME);
  for (const change of past) {
    const { modRevision, isDelete } = change;
    // As in etcd, nothing is left out where nothing would be kept.
    if (modRevision <= compactRevision && kept.size > 0 && !kept.has(change)) continue;
    // Older releases forget a delete at the revision of a compaction, and the hashes have to agree.
    if (modRevision === compactRevision && isDelete) continue;
    crc.update(revisionBytes(change));
    crc.update(KEY_VALUE.encode(isDelete ? { key: change.key } : change));
  }
  return crc.value;
}

const BUCKET_NAME = Buffer.from('key', 'latin1');
const SEPARATOR = 0x5f;
const TOMBSTONE = 0x74;

/** The key in etcd's database: both revisions in 8 bytes, an underscore between them, and a mark for a delete. */
function revisionBytes({ modRevision, sub, isDelete }: Change): Uint8Array {
  const bytes = isDelete ? DELETE_KEY : PUT_KEY;
  bytes.writeUInt32BE(Math.floor(modRevision / 2 ** 32), 0);
  bytes.writeUInt32BE(modRevision % 2 ** 32, 4);
  bytes.writeUInt32BE(sub, 13);
  return bytes;
}

/** Written to again and again. */
const PUT_KEY = Buffer.alloc(17);
PUT_KEY[8] = SEPARATOR;
const DELETE_KEY = Buffer.alloc(18);
DELETE_KEY[8] = SEPARATOR;
DELETE_KEY[17] = TOMBSTONE;
