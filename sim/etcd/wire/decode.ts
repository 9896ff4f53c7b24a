/**
 * Reads a message from the wire according to its layout. Nested messages are kept on a list, not on the call
 * stack, so a client's nesting depth cannot exhaust this process's stack. Invariant: fields take effect in
 * the order of their bytes, and the first error in that order is thrown.
 */
import type { Kind, Layout, LayoutField } from './layout.js';
import { MalformedError, TooDeepError } from './malformed-error.js';
import { END_GROUP, isFieldNumber, LENGTH_DELIMITED, VARINT, type WireReader } from './reader.js';

type Record_ = Record<string, unknown>;

/** protobuf-go's `DefaultRecursionLimit`, the outermost message included; gogo/protobuf has none. */
const LEVELS_MAX = 10_000;

/** A message that is put aside while a nested one is read. */
interface Enclosing {
  readonly layout: Layout;
  readonly result: Record_;
  readonly end: number;
}

/** Reads up to the reader's end. */
export function readMessage(reader: WireReader, outermost: Layout): Record_ {
  const isStrict = reader.dialect === 'protobuf-go';
  const top: Record_ = outermost.fresh();
  const enclosing: Enclosing[] = [];
  let layout = outermost;
  let result = top;
  for (;;) {
    while (reader.position < reader.end) {
      const wireType = reader.wireType();
      const field = isStrict
        ? nextFieldStrictly(reader, layout, wireType)
        : nextField(reader, layout, wireType);
      if (field === undefined) continue;
      const inner = field.kind.layout?.();
      if (inner === undefined || wireType !== LENGTH_DELIMITED) {
        readField(reader, field, wireType, result);
        continue;
      }
      const length = reader.length();
      if (isStrict && enclosing.length + 2 > LEVELS_MAX) throw new TooDeepError();
      enclosing.push({ layout, result, end: reader.end });
      result = beginMessage(field, inner, result, isStrict);
      layout = inner;
      reader.end = reader.position + length;
    }
    const outer = enclosing.pop();
    if (outer === undefined) return top;
    ({ layout, result } = outer);
    reader.end = outer.end;
  }
}

/** The field whose tag has been read; undefined for an unknown field, which has then been skipped. */
function nextField(reader: WireReader, layout: Layout, wireType: number): LayoutField | undefined {
  const { name, byNumber } = layout;
  const start = reader.position;
  const tag = reader.tag();
  const number = tag < 2 ** 31 ? tag >>> 3 : numberOf(reader.exactlyFrom(start));
  if (wireType === END_GROUP) throw new MalformedError(`proto: ${name}: wiretype end group for non-group`);
  if (number <= 0) {
    const exact = reader.exactlyFrom(start);
    throw new MalformedError(`proto: ${name}: illegal tag ${number} (wire type ${exact})`);
  }
  const field = knownField(reader, byNumber[number]);
  if (field !== undefined) return field;
  reader.skip(wireType);
  reader.unknownBytes += reader.position - start;
  return undefined;
}

/** As {@link nextField}. To protobuf-go, a field with an unexpected wire type is unknown. */
function nextFieldStrictly(reader: WireReader, layout: Layout, wireType: number): LayoutField | undefined {
  const number = Math.floor(reader.tag() / 8);
  if (!isFieldNumber(number)) throw new MalformedError('invalid field number');
  const field = knownField(reader, layout.byNumber[number]);
  const isPacked =
    field?.repeated === true && wireType === LENGTH_DELIMITED && field.kind.wireType === VARINT;
  if (field !== undefined && (wireType === field.kind.wireType || isPacked)) return field;
  reader.skipStrictly(number, wireType);
  return undefined;
}

/** The number in a tag as Go casts it: its low 32 bits, signed. */
function numberOf(tag: bigint): number {
  return Number(BigInt.asIntN(32, tag >> 3n));
}

function knownField(
  { fieldsNotYetKnown }: WireReader,
  field: LayoutField | undefined,
): LayoutField | undefined {
  if (fieldsNotYetKnown.length === 0 || field === undefined) return field;
  return fieldsNotYetKnown.includes(field.path) ? undefined : field;
}

/**
 * The destination of a nested message's fields. One that occurs twice is one message, except that
 * gogo/protobuf begins anew within a oneof.
 */
function beginMessage(field: LayoutField, inner: Layout, result: Record_, isStrict: boolean): Record_ {
  if (field.repeated) {
    const begun = inner.fresh();
    listOf(field, result).push(begun);
    return begun;
  }
  const before = field.oneof === undefined || isStrict ? result[field.key] : undefined;
  const begun = (before as Record_ | undefined) ?? inner.fresh();
  place(field, begun, result);
  return begun;
}

function readField(reader: WireReader, field: LayoutField, wireType: number, result: Record_): void {
  const { kind } = field;
  if (!field.repeated) place(field, readValue(reader, field, wireType), result);
  else if (wireType === LENGTH_DELIMITED && kind.wireType === VARINT)
    readPacked(reader, kind, listOf(field, result));
  else listOf(field, result).push(readValue(reader, field, wireType));
}

/** The last field of a oneof counts. */
function place(field: LayoutField, value: unknown, result: Record_): void {
  for (const sibling of field.siblings) result[sibling.key] = sibling.initial;
  result[field.key] = value;
}

function listOf({ key, initial }: LayoutField, result: Record_): unknown[] {
  const before = result[key] as unknown[];
  return before === initial ? (result[key] = [] as unknown[]) : before;
}

function readValue(reader: WireReader, field: LayoutField, wireType: number): unknown {
  if (wireType !== field.kind.wireType) {
    throw new MalformedError(`proto: wrong wireType = ${wireType} for field ${field.goName}`);
  }
  return field.kind.read(reader);
}

/** protobuf-go reads to the end of the list, gogo/protobuf to the end of the message. */
function readPacked(reader: WireReader, kind: Kind<never>, list: unknown[]): void {
  const until = reader.length() + reader.position;
  const { end } = reader;
  if (reader.dialect === 'protobuf-go') reader.end = until;
  while (reader.position < until) list.push(kind.read(reader));
  reader.end = end;
}
