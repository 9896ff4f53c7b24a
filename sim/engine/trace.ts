/**
 * The trace of a run: every event and every message byte, folded into one hash. Two runs are the same run iff
 * their hashes are equal. Invariant: nothing that differs between machines enters it (no stacks, no addresses).
 */
import { createHash, type Hash } from 'node:crypto';

const CHUNK_BYTES = 1 << 16;
const CHECKPOINTS_MAX = 32;
/** Up to this length a loop in JavaScript beats the call into native code. */
const SHORT_TEXT = 80;
const ASCII_MAX = 0x7f;

/** The hash after so many events. If two runs that should be one differ, it shows between which events. */
export interface TraceCheckpoint {
  readonly events: number;
  readonly timeUs: number;
  readonly hash: string;
}

/** A checkpoint that ends at this place of the chunk. */
interface Place extends Omit<TraceCheckpoint, 'hash'> {
  readonly end: number;
}

/** Folds everything that happens into a SHA-256, in chunks. */
export class Trace {
  readonly #hash: Hash = createHash('sha256');
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #used = 0;
  #checkpoints: TraceCheckpoint[] = [];
  /** Checkpoints within the chunk, whose hashes are not needed yet: most are dropped before they are. */
  #places: Place[] = [];
  #stride = 1;

  /** At most {@link CHECKPOINTS_MAX}, evenly spread over the run so far. */
  get checkpoints(): readonly TraceCheckpoint[] {
    this.#flush();
    return this.#checkpoints;
  }

  /** Reports how many events have happened; now and then it keeps the hash. */
  passed(events: number, timeUs: number): void {
    if (events % this.#stride !== 0) return;
    this.#places.push({ events, timeUs, end: this.#used });
    if (this.#checkpoints.length + this.#places.length <= CHECKPOINTS_MAX) return;
    this.#stride *= 2;
    const stays = ({ events: count }: { readonly events: number }): boolean => count % this.#stride === 0;
    this.#checkpoints = this.#checkpoints.filter(stays);
    this.#places = this.#places.filter(stays);
  }

  /** A number, exactly as the double it is. */
  number(value: number): void {
    if (this.#used + 8 > CHUNK_BYTES) this.#flush();
    this.#used = this.#chunk.writeDoubleLE(value, this.#used);
  }

  /** A text, preceded by its length. */
  text(value: string): void {
    this.number(value.length);
    const room = value.length * 3;
    if (this.#used + room > CHUNK_BYTES) this.#flush();
    if (room > CHUNK_BYTES) this.#hash.update(value, 'utf8');
    else this.#used += this.#writeShort(value) ?? this.#chunk.write(value, this.#used, 'utf8');
  }

  /** How many bytes it took; undefined for a text that native code writes. */
  #writeShort(value: string): number | undefined {
    const { length } = value;
    if (length > SHORT_TEXT) return undefined;
    const chunk = this.#chunk;
    const start = this.#used;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > ASCII_MAX) return undefined;
      chunk[start + index] = code;
    }
    return length;
  }

  /** Bytes, preceded by their length. */
  bytes(value: Uint8Array): void {
    this.number(value.length);
    if (this.#used + value.length > CHUNK_BYTES) this.#flush();
    if (value.length > CHUNK_BYTES) {
      this.#hash.update(value);
      return;
    }
    this.#chunk.set(value, this.#used);
    this.#used += value.length;
  }

  /** The hash so far: 32 hexadecimal digits (128 bits of SHA-256). */
  digest(): string {
    this.#flush();
    return this.#hashSoFar();
  }

  #hashSoFar(): string {
    return this.#hash.copy().digest('hex').slice(0, 32);
  }

  #flush(): void {
    let start = 0;
    for (const { events, timeUs, end } of this.#places) {
      this.#hash.update(this.#chunk.subarray(start, end));
      this.#checkpoints.push({ events, timeUs, hash: this.#hashSoFar() });
      start = end;
    }
    this.#places = [];
    this.#hash.update(this.#chunk.subarray(start, this.#used));
    this.#used = 0;
  }
}
