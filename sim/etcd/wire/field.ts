/**
 * The kinds of fields in a message: each one's form on the wire, its type in TypeScript, and its value if the
 * message does not carry it. Quantities are numbers, identifiers are bigints.
 */
import type { ByteString } from '../byte-string.js';
import type { Kind } from './layout.js';
import { LENGTH_DELIMITED, VARINT } from './reader.js';

/** One field of a message. `T` is the type of its value in TypeScript. */
export interface Field<T> {
  readonly number: number;
  readonly kind: Kind<never>;
  readonly repeated: boolean;
  /** The value if the message does not carry the field; a field with this value is not written. */
  readonly initial: T;
  /** The last field on the wire with the same `oneof` wins. */
  readonly oneof: string | undefined;
}

const NOTHING: readonly never[] = Object.freeze([]);

/** A field of a kind of its own. */
export function field<T>(number: number, kind: Kind<T>, initial: T): Field<T> {
  return { number, kind: kind as Kind<never>, repeated: false, initial, oneof: undefined };
}

/** The field as part of the oneof `oneof`: unlike elsewhere its default value, once set, is written. */
export function oneOf<T>(oneof: string, of: Field<T>): Field<T | undefined> {
  return { ...of, oneof, initial: undefined };
}

/** Rounded, the largest int64 and uint64 are one too large to be written back. */
const SIGNED_MAX = 2n ** 63n - 1n;
const UNSIGNED_MAX = 2n ** 64n - 1n;

const QUANTITY: Kind<number> = {
  type: 'int64',
  wireType: VARINT,
  read: (reader) => reader.signed(),
  write(writer, value) {
    if (value < 2 ** 63) writer.varint(value);
    else writer.varintExact(SIGNED_MAX);
  },
};

const UNSIGNED: Kind<number> = {
  type: 'uint64',
  wireType: VARINT,
  read: (reader) => reader.unsigned(),
  write(writer, value) {
    if (value < 2 ** 64) writer.varint(value);
    else writer.varintExact(UNSIGNED_MAX);
  },
};

const IDENTIFIER: Kind<bigint> = {
  type: 'int64',
  identifies: true,
  wireType: VARINT,
  read: (reader) => reader.signedExact(),
  write: (writer, value) => writer.varintExact(value),
};

const UNSIGNED_IDENTIFIER: Kind<bigint> = {
  type: 'uint64',
  identifies: true,
  wireType: VARINT,
  read: (reader) => reader.unsignedExact(),
  write: (writer, value) => writer.varintExact(value),
};

const ENUMERATION: Kind<number> = {
  type: 'enumeration',
  wireType: VARINT,
  read: (reader) => reader.enumeration(),
  write: (writer, value) => writer.varint(value),
};

const BOOL: Kind<boolean> = {
  type: 'bool',
  wireType: VARINT,
  read: (reader) => reader.bool(),
  write: (writer, value) => writer.varint(value ? 1 : 0),
};

const BYTES: Kind<ByteString> = {
  type: 'bytes',
  wireType: LENGTH_DELIMITED,
  read: (reader) => reader.bytes(),
  write: (writer, value) => writer.bytes(value),
};

const TEXT: Kind<string> = {
  type: 'text',
  wireType: LENGTH_DELIMITED,
  read: (reader) => reader.text(),
  write: (writer, value) => writer.text(value),
};

/** int64 that counts or measures. */
export const int64 = (number: number): Field<number> => field(number, QUANTITY, 0);
/** uint64 that counts or measures. */
export const uint64 = (number: number): Field<number> => field(number, UNSIGNED, 0);
/** int64 that identifies. */
export const id = (number: number): Field<bigint> => field(number, IDENTIFIER, 0n);
/** uint64 that identifies. */
export const unsignedId = (number: number): Field<bigint> => field(number, UNSIGNED_IDENTIFIER, 0n);
export const enumeration = (number: number): Field<number> => field(number, ENUMERATION, 0);
export const bool = (number: number): Field<boolean> => field(number, BOOL, false);
export const bytes = (number: number): Field<ByteString> => field(number, BYTES, '');
/** Bytes for which etcd distinguishes empty from absent. */
export const optionalBytes = (number: number): Field<ByteString | undefined> =>
  field<ByteString | undefined>(number, BYTES, undefined);
export const text = (number: number): Field<string> => field(number, TEXT, '');

/** Any number of values of the field `of`. */
export function repeated<T>(of: Field<T>): Field<readonly NonNullable<T>[]> {
  return { ...of, repeated: true, initial: NOTHING };
}
