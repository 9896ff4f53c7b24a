/**
 * A map from byte strings that can be walked in bytewise order: a hash table for lookups beside a list of sorted
 * chunks for scans and counts. Invariant: chunks are sorted, never empty, hold exactly the keys of the table, and know
 * how many of their values count. A lookup is O(1); an insert or delete moves at most one chunk's worth of keys; a scan
 * starts after two binary searches; a count looks at the values of two chunks and no others.
 */
import type { ByteString } from '../byte-string.js';

const CHUNK_KEYS_MAX = 512;

interface Chunk<V> {
  readonly keys: ByteString[];
  readonly values: V[];
  /** Of the values those that count. */
  counted: number;
}

/** A stretch of one chunk. */
interface Stretch<V> {
  readonly chunk: Chunk<V>;
  readonly from: number;
  readonly until: number;
}

export class OrderedMap<V> {
  readonly #table = new Map<ByteString, V>();
  readonly #chunks: Chunk<V>[] = [];
  readonly #counts: (value: V) => boolean;

  /** @param counts whether a value counts; when the answer changes, call {@link recount} */
  constructor(counts: (value: V) => boolean = () => true) {
    this.#counts = counts;
  }

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
      this.#chunks.push({ keys: [key], values: [value], counted: this.#counts(value) ? 1 : 0 });
      return;
    }
    const position = lowerBound(chunk.keys, key);
    chunk.keys.splice(position, 0, key);
    chunk.values.splice(position, 0, value);
    if (this.#counts(value)) chunk.counted++;
    if (chunk.keys.length > CHUNK_KEYS_MAX) this.#split(index, position);
  }

  delete(key: ByteString): void {
    const value = this.#table.get(key);
    if (value === undefined) return;
    this.#table.delete(key);
    const index = this.#chunkOf(key);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return;
    const position = lowerBound(chunk.keys, key);
    chunk.keys.splice(position, 1);
    chunk.values.splice(position, 1);
    if (this.#counts(value)) chunk.counted--;
    if (chunk.keys.length === 0) this.#chunks.splice(index, 1);
  }

  /** Whether a value counts has changed. */
  recount(key: ByteString): void {
    const value = this.#table.get(key);
    const chunk = this.#chunks[this.#chunkOf(key)];
    if (value !== undefined && chunk !== undefined) chunk.counted += this.#counts(value) ? 1 : -1;
  }

  /**
   * Visits values in order of their keys, those of [from, end), until the visitor wants no more; an empty `end` is no
   * end. The map must not change.
   */
  visit(from: ByteString, end: ByteString, visitor: (value: V) => boolean): void {
    for (const { chunk, from: first, until } of this.#stretches(from, end)) {
      for (let position = first; position < until; position++) {
        if (!visitor(chunk.values[position] as V)) return;
      }
    }
  }

  /** Values of [from, end) that count. */
  count(from: ByteString, end: ByteString): number {
    let count = 0;
    for (const { chunk, from: first, until } of this.#stretches(from, end)) {
      if (first === 0 && until === chunk.keys.length) {
        count += chunk.counted;
        continue;
      }
      for (let position = first; position < until; position++) {
        if (this.#counts(chunk.values[position] as V)) count++;
      }
    }
    return count;
  }

  /** Keys of [from, end). */
  sizeOf(from: ByteString, end: ByteString): number {
    let size = 0;
    for (const { from: first, until } of this.#stretches(from, end)) size += until - first;
    return size;
  }

  /** What [from, end) is of each chunk, in order. */
  *#stretches(from: ByteString, end: ByteString): Generator<Stretch<V>, void, undefined> {
    let index = Math.max(0, this.#chunkOf(from));
    let first = lowerBound(this.#chunks[index]?.keys ?? [], from);
    for (; index < this.#chunks.length; index++, first = 0) {
      const chunk = this.#chunks[index] as Chunk<V>;
      const { keys } = chunk;
      const isLast = end !== '' && (keys[keys.length - 1] as ByteString) >= end;
      const until = isLast ? lowerBound(keys, end) : keys.length;
      if (first < until) yield { chunk, from: first, until };
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
    const values = chunk.values.splice(at);
    const counted = values.reduce((count, value) => (this.#counts(value) ? count + 1 : count), 0);
    chunk.counted -= counted;
    this.#chunks.splice(index + 1, 0, { keys: chunk.keys.splice(at), values, counted });
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
