/**
 * Protobuf messages described as data: name, number and kind of each field give both the TypeScript type and
 * the codec. Decoding follows proto3 as etcd's generated Go code does, down to its error texts. Encoding
 * leaves out default values and orders fields by number, which makes it byte-identical to Go's.
 */
import { field, type Field } from './field.js';
import { generateFresh, generateWriter, type WrittenField } from './generate.js';
import type { Kind, ValueType, Layout, LayoutField } from './layout.js';
import { readMessage } from './decode.js';
import { InvalidTextError, MalformedError, TooDeepError } from './malformed-error.js';
import { LENGTH_DELIMITED, VARINT, WireReader, type Dialect } from './reader.js';
import { WireWriter } from './writer.js';

type Fields = Readonly<Record<string, Field<unknown>>>;

/** A message with these fields, as read from the wire. */
export type MessageOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

/** A message as the encoder accepts it: a missing field has its default. */
export type Encodable<T> = T extends readonly (infer U)[]
  ? readonly Encodable<U>[]
  : T extends object
    ? { readonly [K in keyof T]?: Encodable<T[K]> | undefined }
    : T;

/** The codec of one message. */
export interface MessageType<T> {
  readonly name: string;
  /** In the order of their numbers. */
  readonly fields: readonly MessageField[];
  /**
   * @param fieldsNotYetKnown fields, such as `MemberListRequest.linearizable`, that count as unknown
   * @throws MalformedError if the bytes are not such a message
   */
  decode(bytes: Uint8Array, dialect?: Dialect, fieldsNotYetKnown?: readonly string[]): T;
  encode(value: Encodable<T>): Buffer;
  /** The number of bytes that `encode` would return. */
  sizeOf(value: Encodable<T>): number;
  /** The bytes of unknown fields; a new encoding keeps them. */
  unknownBytesOf(bytes: Uint8Array): number;
  /** How it lies on the wire. */
  readonly layout: Layout;
  writeBody(writer: WireWriter, value: Encodable<T>): void;
}

/** The message type of a {@link MessageType}. */
export type Decoded<M> = M extends MessageType<infer T> ? T : never;

/** One field of a message, for its forms other than the wire's. */
export interface MessageField {
  /** As in TypeScript. */
  readonly key: string;
  readonly type: ValueType;
  /** An integer that identifies: a bigint. */
  readonly identifies: boolean;
  readonly repeated: boolean;
  /** The value if the message does not carry it. */
  readonly initial: unknown;
  readonly oneof: string | undefined;
  /** The fields of a nested message. */
  readonly message?: (() => MessageType<unknown>) | undefined;
}

interface CompiledField extends Field<unknown>, LayoutField {}

/**
 * One scratch buffer for all: encoding is synchronous and never nests across unfinished messages. After a
 * failed encoding, the next one clears the buffer.
 */
const scratch = new WireWriter();

/** Describes a message. */
export function message<F extends Fields>(name: string, fields: F): MessageType<MessageOf<F>> {
  return compile<MessageOf<F>>(name, fields);
}

/** As {@link message}, for types that contain themselves and therefore need explicit types. */
export function recursiveMessage<T>(
  name: string,
  fields: { readonly [K in keyof T]-?: Field<T[K]> },
): MessageType<T> {
  return compile<T>(name, fields);
}

function compile<T>(name: string, fields: Fields): MessageType<T> {
  const compiled: CompiledField[] = Object.entries(fields)
    .map(([key, field]) => ({
      ...field,
      key,
      path: `${name}.${key}`,
      goName: goNameOf(key),
      siblings: [] as CompiledField[],
    }))
    .sort((left, right) => left.number - right.number);
  const byNumber: (CompiledField | undefined)[] = [];
  const initial: Record<string, unknown> = {};
  for (const field of compiled) {
    byNumber[field.number] = field;
    initial[field.key] = field.initial;
    const group = compiled.filter((other) => other !== field && other.oneof === field.oneof);
    if (field.oneof !== undefined) (field.siblings as CompiledField[]).push(...group);
  }

  const layout: Layout = { name, byNumber, fresh: generateFresh(initial) };
  const writeBody = generateWriter(compiled, writeRepeated);
  return {
    name,
    layout,
    fields: compiled.map(({ key, kind, repeated, initial, oneof }) => ({
      ...{ key, type: kind.type, identifies: kind.identifies === true, repeated, initial, oneof },
      message: (kind as NestedKind<unknown>).message,
    })),
    writeBody: writeBody as MessageType<T>['writeBody'],
    decode: (bytes, dialect, fieldsNotYetKnown) =>
      readAs(dialect, () => readMessage(new WireReader(bytes, dialect, fieldsNotYetKnown), layout) as T),
    encode(value) {
      scratch.reset();
      writeBody(scratch, value as object);
      return scratch.finish();
    },
    sizeOf(value) {
      scratch.reset();
      writeBody(scratch, value as object);
      return scratch.size;
    },
    unknownBytesOf(bytes) {
      const reader = new WireReader(bytes);
      readMessage(reader, layout);
      return reader.unknownBytes;
    },
  };
}

/** protobuf-go has one text for every malformed message; its build decides which space follows the colon. */
const CANNOT_PARSE = 'proto:\u00a0cannot parse invalid wire-format data';

function readAs<T>(dialect: Dialect | undefined, read: () => T): T {
  if (dialect !== 'protobuf-go') return read();
  try {
    return read();
  } catch (error) {
    if (
      error instanceof InvalidTextError ||
      error instanceof TooDeepError ||
      !(error instanceof MalformedError)
    )
      throw error;
    throw new MalformedError(CANNOT_PARSE);
  }
}

function writeOne(writer: WireWriter, field: WrittenField, content: never): void {
  field.kind.write(writer, content);
  writer.varint(field.number * 8 + field.kind.wireType);
}

function writeRepeated(writer: WireWriter, field: WrittenField, contents: readonly never[]): void {
  if (field.kind.wireType === VARINT) {
    // Repeated scalars are packed in proto3.
    if (contents.length === 0) return;
    const before = writer.size;
    for (let index = contents.length - 1; index >= 0; index--) {
      field.kind.write(writer, contents[index] as never);
    }
    writer.varint(writer.size - before);
    writer.varint(field.number * 8 + LENGTH_DELIMITED);
    return;
  }
  for (let index = contents.length - 1; index >= 0; index--) {
    writeOne(writer, field, contents[index] as never);
  }
}

/** `rangeEnd` is `RangeEnd`, `leaseId` is `LeaseId`. */
function goNameOf(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}

interface NestedKind<T> extends Kind<T> {
  readonly message?: () => MessageType<T>;
}

function nestedKind<T>(type: () => MessageType<T>): NestedKind<T> {
  let inner: MessageType<T> | undefined;
  return {
    type: 'message',
    message: type,
    wireType: LENGTH_DELIMITED,
    layout: () => type().layout,
    read(reader) {
      throw new Error(`a message at ${reader.position} is read as its layout says`);
    },
    write(writer, value) {
      const before = writer.size;
      inner ??= type();
      inner.writeBody(writer, value as Encodable<T>);
      writer.varint(writer.size - before);
    },
  };
}

/** A nested message; absent is undefined. */
export function nested<T>(number: number, type: () => MessageType<T>, oneof?: string): Field<T | undefined> {
  return { ...field<T | undefined>(number, nestedKind(type), undefined), oneof };
}
