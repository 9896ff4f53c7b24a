/**
 * Reads protobuf wire primitives. Quantities (int64 counts, revisions, times) become numbers, exact up to
 * 2^53 and rounded beyond; identifiers become bigints, exact over all 64 bits. Invariant: never reads past
 * `end`; malformed bytes throw {@link MalformedError} with the text of etcd's decoder.
 */
import type { ByteString } from '../byte-string.js';
import { InvalidTextError, MalformedError } from './malformed-error.js';

export const VARINT = 0;
const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
const START_GROUP = 3;
export const END_GROUP = 4;
const FIXED32 = 5;

/** The library whose reading of protobuf it follows; they differ in what counts as malformed. */
export type Dialect = 'gogo/protobuf' | 'protobuf-go';

/** How many nested groups of unknown fields protobuf-go accepts. */
const GROUPS_MAX = 10_001;

const NONE: readonly string[] = Object.freeze([]);

export class WireReader {
  readonly dialect: Dialect;
  /** Fields, such as `MemberListRequest.linearizable`, that are read as unknown ones. */
  readonly fieldsNotYetKnown: readonly string[];
  readonly #buffer: Buffer;
  position = 0;
  /** Where the message being read ends. */
  end: number;
  /** The bytes of unknown fields. */
  unknownBytes = 0;

  constructor(
    bytes: Uint8Array,
    dialect: Dialect = 'gogo/protobuf',
    fieldsNotYetKnown: readonly string[] = NONE,
  ) {
    this.dialect = dialect;
    this.fieldsNotYetKnown = fieldsNotYetKnown;
    this.#buffer = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.length;
  }

  /** The tag before each field: its number and wire type in one; rounded if it is above 2^53. */
  tag(): number {
    return this.#varint();
  }

  /** The wire type in the next tag, without consuming it. */
  wireType(): number {
    return (this.#buffer[this.position] ?? 0) & 7;
  }

  /** The exact varint that began there, for callers that have read it already. */
  exactlyFrom(start: number): bigint {
    this.position = start;
    return this.unsignedExact();
  }

  /** An unsigned 64-bit varint, rounded if it is above 2^53. */
  unsigned(): number {
    const start = this.position;
    const value = this.#varint();
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    this.position = start;
    return Number(this.unsignedExact());
  }

  /** A signed 64-bit varint, rounded if it is beyond 2^53 either way. */
  signed(): number {
    const start = this.position;
    const value = this.#varint();
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    this.position = start;
    return Number(this.signedExact());
  }

  /** A signed 64-bit varint, exact. */
  signedExact(): bigint {
    return BigInt.asIntN(64, this.unsignedExact());
  }

  /** An unsigned 64-bit varint, exact. */
  unsignedExact(): bigint {
    const start = this.position;
    const value = this.#varint();
    if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    let exact = 0n;
    for (let index = this.position - 1; index >= start; index--) {
      exact = (exact << 7n) | BigInt((this.#buffer[index] ?? 0) & 0x7f);
    }
    return BigInt.asUintN(64, exact);
  }

  /** A 32-bit enum value; only its low 32 bits count. */
  enumeration(): number {
    const start = this.position;
    const value = this.#varint();
    if (value < 2 ** 31) return value;
    this.position = start;
    return Number(BigInt.asIntN(32, this.unsignedExact()));
  }

  bool(): boolean {
    return this.#varint() !== 0;
  }

  bytes(): ByteString {
    const length = this.length();
    const start = this.position;
    this.position = start + length;
    return length === 0 ? '' : this.#buffer.toString('latin1', start, start + length);
  }

  text(): string {
    const length = this.length();
    const start = this.position;
    this.position = start + length;
    if (length === 0) return '';
    const bytes = this.#buffer.subarray(start, start + length);
    const text = bytes.toString('utf8');
    // Bytes that are not UTF-8 are replaced, so writing the text again gives other bytes.
    if (this.dialect === 'protobuf-go' && !bytes.equals(Buffer.from(text, 'utf8')))
      throw new InvalidTextError();
    return text;
  }

  /** The length prefix of the following bytes, which end before `end`. */
  length(): number {
    const length = this.#varint();
    if (length >= 2 ** 63) throw new MalformedError('proto: negative length found during unmarshaling');
    if (this.position + length > this.end) throw new MalformedError('unexpected EOF');
    return length;
  }

  /** Skips a field whose tag has been read. */
  skip(wireType: number): void {
    let depth = 0;
    let type = wireType;
    for (;;) {
      switch (type) {
        case VARINT:
          this.#varint();
          break;
        case FIXED64:
          this.#advance(8);
          break;
        case LENGTH_DELIMITED:
          this.#advance(this.length());
          break;
        case START_GROUP:
          depth++;
          break;
        case END_GROUP:
          if (depth === 0) throw new MalformedError('proto: unexpected end of group');
          depth--;
          break;
        case FIXED32:
          this.#advance(4);
          break;
        default:
          throw new MalformedError(`proto: illegal wireType ${type}`);
      }
      if (depth === 0) return;
      type = this.wireType();
      this.#varint();
    }
  }

  /** Skips a field as protobuf-go does: a group ends where its own number says so. */
  skipStrictly(number: number, wireType: number): void {
    /** The numbers of the open groups. */
    const groups: number[] = [];
    let field = number;
    let type = wireType;
    for (;;) {
      if (type > FIXED32) throw new MalformedError('invalid wire type');
      if (type === START_GROUP) {
        if (groups.push(field) > GROUPS_MAX) throw new MalformedError('groups too deep');
      } else if (type !== END_GROUP) {
        this.skip(type);
      } else if (groups.pop() !== field) throw new MalformedError('mismatching end group');
      if (groups.length === 0) return;
      type = this.wireType();
      field = Math.floor(this.tag() / 8);
      if (!isFieldNumber(field)) throw new MalformedError('invalid field number');
    }
  }

  #advance(count: number): void {
    this.position += count;
    if (this.position > this.end) throw new MalformedError('unexpected EOF');
  }

  /** A varint as a number: exact up to 2^53, and roughly right beyond, which is enough to refuse it. */
  #varint(): number {
    const first = this.#buffer[this.position] ?? 0x80;
    // Almost all are tags and lengths of one byte.
    if (first < 0x80 && this.position < this.end) {
      this.position++;
      return first;
    }
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.#byte();
      if (count === 9 && byte > 1 && this.dialect === 'protobuf-go') break;
      // Bits above the 64th are dropped, as in a Go shift.
      value += (count === 9 ? byte & 1 : byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new MalformedError('proto: integer overflow');
  }

  #byte(): number {
    if (this.position >= this.end) throw new MalformedError('unexpected EOF');
    return this.#buffer[this.position++] ?? 0;
  }
}

/** Field numbers have 29 bits. */
export function isFieldNumber(number: number): boolean {
  return number > 0 && number < 2 ** 29;
}
