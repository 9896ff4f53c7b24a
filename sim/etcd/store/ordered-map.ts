/**
 * A map from byte strings that can be walked in bytewise order: a hash table for lookups beside a list of sorted
 * chunks for scans. Invariant: chunks are sorted, never empty, and hold exactly the keys of the table. A lookup is
 * O(1); an insert or delete moves at most one chunk's worth of keys; a scan starts after two binary searches.
 */
import type { ByteString } from '../byte-string.js';

const CHUNK_KEYS_MAX = 512;

interface Chunk<V> {
  readonly keys: ByteString[];
  readonly values: V[];
}

export class OrderedMap<V> {
  readonly #table = new Map<ByteString, V>();
  readonly #chunks: Chunk<V>[] = [];

  get size(): number {
    return this.#table.size;
  }

  get(key: ByteString): V | undefined {
    return this.#table.get(key);
  }

  /** Adds a key that is not there yet. */
  add(key: ByteString, value: V): void {
    this.#table.set(key, value);
    const index = Math.max(0, this.#chunkOf(key));
    const chunk = this.#chunks[index];
    if (chunk === undefined) {
      this.#chunks.push({ keys: [key], values: [value] });
      return;
    }
    const position = lowerBound(chunk.keys, key);
    chunk.keys.splice(position, 0, key);
    chunk.values.splice(position, 0, value);
    if (chunk.keys.length > CHUNK_KEYS_MAX) this.#split(index, position);
  }

  delete(key: ByteString): void {
    if (!this.#table.delete(key)) return;
    const index = this.#chunkOf(key);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return;
    const position = lowerBound(chunk.keys, key);
    chunk.keys.splice(position, 1);
    chunk.values.splice(position, 1);
    if (chunk.keys.length === 0) this.#chunks.splice(index, 1);
  }

  /** Visits values in order of their keys, those of [from, end); an empty `end` is no end. The map must not change. */
  visit(from: ByteString, end: ByteString, visitor: (value: V) => void): void {
    let index = Math.max(0, this.#chunkOf(from));
    let position = lowerBound(this.#chunks[index]?.keys ?? [], from);
    for (; index < this.#chunks.length; index++, position = 0) {
      const { keys, values } = this.#chunks[index] as Chunk<V>;
      const isLast = end !== '' && (keys[keys.length - 1] as ByteString) >= end;
      const until = isLast ? lowerBound(keys, end) : keys.length;
      for (; position < until; position++) visitor(values[position] as V);
      if (isLast) return;
    }
  }

  /** The last chunk whose first key is not above `key`; -1 where there is none. */
  #chunkOf(key: ByteString): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (((this.#chunks[middle] as Chunk<V>).keys[0] as ByteString) <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Halves a chunk; one that grew at its end gives off only its last key, as keys written in order need it. */
  #split(index: number, grewAt: number): void {
    const chunk = this.#chunks[index] as Chunk<V>;
    const at = grewAt === CHUNK_KEYS_MAX ? CHUNK_KEYS_MAX : CHUNK_KEYS_MAX >>> 1;
    this.#chunks.splice(index + 1, 0, { keys: chunk.keys.splice(at), values: chunk.values.splice(at) });
  }
}

/** The first position whose key is not below `key`. */
function lowerBound(keys: readonly ByteString[], key: ByteString): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as ByteString) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
