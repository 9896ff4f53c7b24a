/**
 * Writes protobuf wire primitives from the back of a buffer to its front, so that the length of a nested
 * message is known when it has to be written. Invariant: the written bytes are always the tail of the buffer,
 * so callers must write the last field first.
 */
import type { ByteString } from '../byte-string.js';

const INITIAL_BYTES = 4096;
/** A buffer that has grown beyond this for one message is not reused for the next. */
const KEPT_BYTES_MAX = 4 * 1024 * 1024;
/** Below this many bytes a loop in JavaScript beats the call into native code. */
const SHORT_BYTES = 24;
/** Identifiers repeat (every header names the cluster and the member), and 64-bit arithmetic is slow. */
const CACHED_VARINTS_MAX = 256;

export class WireWriter {
  #buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #start = INITIAL_BYTES;
  readonly #varints = new Map<bigint, ByteString>();

  /** Bytes written so far. */
  get size(): number {
    return this.#buffer.length - this.#start;
  }

  /** Copies out the written bytes and forgets them. */
  finish(): Buffer {
    const bytes = Buffer.allocUnsafe(this.size);
    this.#buffer.copy(bytes, 0, this.#start);
    this.reset();
    return bytes;
  }

  /** Forgets the written bytes. */
  reset(): void {
    if (this.#buffer.length > KEPT_BYTES_MAX) this.#buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
    this.#start = this.#buffer.length;
  }

  /** A number as a varint; negative ones take ten bytes, as int64 and int32 do on the wire. */
  varint(value: number): void {
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) {
      this.varintExact(BigInt(value));
      return;
    }
    if (value < 0x80) {
      this.#reserve(1);
      this.#buffer[--this.#start] = value;
      return;
    }
    let length = 2;
    for (let rest = value; rest >= 16384; rest /= 128) length++;
    this.#reserve(length);
    const buffer = this.#buffer;
    this.#start -= length;
    let position = this.#start;
    let rest = value;
    while (rest >= 0x8000_0000) {
      buffer[position++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 0x80) {
      buffer[position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[position] = rest;
  }

  /** A signed or unsigned 64-bit integer as a varint. */
  varintExact(value: bigint): void {
    let encoded = this.#varints.get(value);
    if (encoded === undefined) {
      encoded = encodeVarint(value);
      if (this.#varints.size >= CACHED_VARINTS_MAX) this.#varints.clear();
      this.#varints.set(value, encoded);
    }
    this.raw(encoded);
  }

  /** Bytes, without a length. */
  raw(value: ByteString): void {
    const length = value.length;
    this.#reserve(length);
    this.#start -= length;
    const start = this.#start;
    if (length < SHORT_BYTES) {
      const buffer = this.#buffer;
      for (let index = 0; index < length; index++) buffer[start + index] = value.charCodeAt(index);
    } else {
      this.#buffer.write(value, start, 'latin1');
    }
  }

  /** Bytes, preceded by their length. */
  bytes(value: ByteString): void {
    this.raw(value);
    this.varint(value.length);
  }

  /** Text, preceded by its length. */
  text(value: string): void {
    const length = Buffer.byteLength(value, 'utf8');
    this.#reserve(length);
    this.#start -= length;
    this.#buffer.write(value, this.#start, 'utf8');
    this.varint(length);
  }

  #reserve(count: number): void {
    if (this.#start >= count) return;
    const size = this.size;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, size + count));
    this.#buffer.copy(larger, larger.length - size, this.#start);
    this.#start = larger.length - size;
    this.#buffer = larger;
  }
}

function encodeVarint(value: bigint): ByteString {
  let rest = BigInt.asUintN(64, value);
  let encoded = '';
  while (rest >= 0x80n) {
    encoded += String.fromCharCode(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return encoded + String.fromCharCode(Number(rest));
}
