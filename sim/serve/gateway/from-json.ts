/**
 * Reads JSON as a message, like the gateway of a version: `jsonpb` up to 3.5, `protojson` from 3.6 on. They
 * differ in the input they accept and in their error texts. Invariant: exactly the input that the version
 * itself accepts is accepted.
 */
import { byteStringOf } from '../../etcd/byte-string.js';
import type { VersionRules } from '../../etcd/version.js';
import type { Encodable, MessageType } from '../../etcd/wire/message.js';
import type { JsonEntry, JsonNode } from './json-text.js';
import { jsonFieldsOf, type JsonField } from './names.js';

/** JSON that does not fit the message; the text is the gateway's. */
export class WrongJsonError extends Error {
  override readonly name = 'WrongJsonError';
}

export interface FromJson {
  readonly rules: Pick<VersionRules, 'gatewayJson' | 'gatewayEndsErrorsWithTrailers' | 'messages'>;
  /** The original JSON text, for the positions in it. */
  readonly text: string;
  /** Where in the text the message begins. */
  readonly start: number;
}

/** @throws WrongJsonError */
export function fromJson<T>(type: MessageType<T>, node: JsonNode, source: FromJson): Encodable<T> {
  return new Converter(source).message(type, node) as Encodable<T>;
}

interface Given extends JsonEntry {
  readonly field: JsonField;
}

type Result = { readonly value: unknown } | 'nothing';

class Converter {
  readonly #source: FromJson;

  constructor(source: FromJson) {
    this.#source = source;
  }

  message(type: MessageType<unknown>, node: JsonNode): Record<string, unknown> {
    if (node.kind === 'null' && !this.#isStrict) return {};
    if (node.kind !== 'object') throw this.#wrongShape(node, 'map[string]json.RawMessage');
    const result: Record<string, unknown> = {};
    const seen = new Set<string>();
    for (const { field, name, value } of this.#given(type, node.entries)) {
      const group = field.oneof === undefined ? undefined : `oneof ${field.oneof}`;
      if (this.#isStrict && seen.has(field.key)) throw this.#at(name, `duplicate field ${name.raw}`);
      seen.add(field.key);
      if (value.kind === 'null') continue;
      if (this.#isStrict && group !== undefined && seen.has(group)) {
        throw this.#at(name, `error parsing ${name.raw}, oneof ${field.oneofName} is already set`);
      }
      if (group !== undefined) seen.add(group);
      const read = field.repeated ? this.#list(field, value) : this.#value(field, value);
      if (read === 'nothing') continue;
      if (group !== undefined) {
        for (const sibling of type.fields) if (sibling.oneof === field.oneof) delete result[sibling.key];
      }
      result[field.key] = read.value;
    }
    return result;
  }

  /**
   * The entries that are fields, in the order of the text. jsonpb takes them by the number of the field, and
   * the last of each.
   */
  #given(type: MessageType<unknown>, entries: readonly JsonEntry[]): Given[] {
    const { byName, inOrder } = jsonFieldsOf(type);
    const given = entries.flatMap(({ name, value }) => {
      const field = byName.get(name.text);
      return field === undefined ? [] : [{ field, name, value }];
    });
    if (this.#isStrict) return given;
    return inOrder.flatMap((field) => given.findLast((entry) => entry.field === field) ?? []);
  }

  get #isStrict(): boolean {
    return this.#source.rules.gatewayJson === 'protojson';
  }

  /** The beginning of protojson's messages; its build decides which space follows. */
  get #prefix(): string {
    return this.#source.rules.messages === 'protobuf-go' ? 'proto:\u00a0' : 'proto: ';
  }

  #list(field: JsonField, node: JsonNode): Result {
    if (node.kind !== 'array') throw this.#wrongShape(node, '[]json.RawMessage');
    const items = node.items.map((item) => this.#value(field, item));
    return { value: items.flatMap((item) => (item === 'nothing' ? [] : [item.value])) };
  }

  #value(field: JsonField, node: JsonNode): Result {
    switch (field.type) {
      case 'message':
        if (field.message === undefined) return 'nothing';
        return { value: this.message(field.message(), node) };
      case 'text':
        if (node.kind === 'string') return { value: node.text };
        throw this.#wrongValue(field, node, 'string', 'string');
      case 'bool':
        if (node.kind === 'bool') return { value: node.value };
        throw this.#wrongValue(field, node, 'bool', 'bool');
      case 'bytes':
        return this.#bytes(field, node);
      case 'enumeration':
        return this.#enumeration(field, node);
      case 'int64':
      case 'uint64':
        return { value: this.#integer(field, node, field.type) };
      default:
        return field.type satisfies never;
    }
  }

  /** Empty bytes equal an absent field. */
  #bytes(field: JsonField, node: JsonNode): Result {
    if (node.kind !== 'string') throw this.#wrongValue(field, node, 'bytes', '[]uint8');
    const text = this.#isStrict ? standardBase64(node.text) : node.text.replace(/[\r\n]/g, '');
    const wrong = wrongBase64At(text);
    if (wrong !== undefined) {
      if (this.#isStrict) throw this.#wrongValue(field, node, 'bytes', '');
      throw new WrongJsonError(`illegal base64 data at input byte ${wrong}`);
    }
    return text === '' && field.oneof === undefined
      ? 'nothing'
      : { value: byteStringOf(Buffer.from(text, 'base64')) };
  }

  #enumeration(field: JsonField, node: JsonNode): Result {
    const { name = '', values = [] } = field.values ?? {};
    // 3.4 names the type as Go does.
    const isOld = this.#source.rules.gatewayEndsErrorsWithTrailers;
    const goName = isOld
      ? name.replace(/\.(\w+)$/, '_$1').replace('.AlarmType', '_AlarmType')
      : 'protoreflect.EnumNumber';
    if (node.kind === 'number') return { value: Number(this.#integer(field, node, 'enum')) };
    if (node.kind !== 'string') throw this.#wrongValue(field, node, 'enum', goName);
    const value = values.indexOf(node.text);
    if (value !== -1) return { value };
    // protojson skips an unknown name like an unknown field.
    if (this.#isStrict) return 'nothing';
    throw new WrongJsonError(
      `unknown value ${JSON.stringify(isOld ? node.text : node.raw)} for enum ${isOld ? goName : name}`,
    );
  }

  #integer(field: JsonField, node: JsonNode, kind: 'int64' | 'uint64' | 'enum'): number | bigint {
    const goType = kind === 'enum' ? 'int32' : kind;
    if (node.kind !== 'number' && node.kind !== 'string') {
      throw this.#wrongValue(field, node, kind, goType);
    }
    const digits = node.kind === 'string' ? node.text : node.raw;
    const value = this.#isStrict ? wholeOf(digits) : plainWholeOf(digits);
    if (value === undefined || !isInRange(value, kind)) {
      throw this.#wrongValue(field, { ...node, raw: this.#isStrict ? node.raw : digits }, kind, goType);
    }
    return field.identifies ? value : Number(value);
  }

  #wrongShape(node: JsonNode, goType: string): WrongJsonError {
    if (!this.#isStrict) {
      return new WrongJsonError(`json: cannot unmarshal ${node.kind} into Go value of type ${goType}`);
    }
    const { line, column } = this.#positionOf(node);
    return new WrongJsonError(
      `${this.#prefix}syntax error (line ${line}:${column}): unexpected token ${rawOf(node)}`,
    );
  }

  #wrongValue(field: JsonField, node: JsonNode, kind: string, goType: string): WrongJsonError {
    if (this.#isStrict) {
      return this.#at(node, `invalid value for ${kind} field ${field.jsonName}: ${rawOf(node)}`);
    }
    if (goType !== 'string' && field.type !== 'bytes' && node.kind === 'string') {
      const [first = ''] = node.text;
      if (node.text === '' && field.type !== 'bool')
        return new WrongJsonError('unexpected end of JSON input');
      if (field.type !== 'bool' && !/^[-\d]/.test(first)) {
        return new WrongJsonError(`invalid character '${first}' looking for beginning of value`);
      }
    }
    const isNumeric = goType === 'int64' || goType === 'uint64' || goType === 'int32';
    const what = isNumeric && 'raw' in node && node.kind !== 'bool' ? `number ${node.raw}` : node.kind;
    return new WrongJsonError(`json: cannot unmarshal ${what} into Go value of type ${goType}`);
  }

  #at(node: JsonNode, what: string): WrongJsonError {
    const { line, column } = this.#positionOf(node);
    return new WrongJsonError(`${this.#prefix}(line ${line}:${column}): ${what}`);
  }

  #positionOf({ at }: JsonNode): { readonly line: number; readonly column: number } {
    const before = this.#source.text.slice(this.#source.start, at).split('\n');
    return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
  }
}

function rawOf(node: JsonNode): string {
  if (node.kind === 'object') return '{';
  return node.kind === 'array' ? '[' : node.raw;
}

/** The integer that a number stands for, such as `1`, `1.0` or `1e2`; undefined if it is none. */
function wholeOf(digits: string): bigint | undefined {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(digits);
  if (parts === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const shift = Number(exponent);
  if (Math.abs(shift) > 100) return undefined;
  const kept = fraction.replace(/0+$/, '');
  const zeros = shift - kept.length;
  const all = whole + kept;
  if (zeros >= 0) return BigInt(`${sign}${all}${'0'.repeat(zeros)}`);
  return /^0*$/.test(all.slice(zeros)) ? BigInt(`${sign}${all.slice(0, zeros) || '0'}`) : undefined;
}

function plainWholeOf(digits: string): bigint | undefined {
  return /^-?\d+$/.test(digits) ? BigInt(digits) : undefined;
}

function isInRange(value: bigint, kind: 'int64' | 'uint64' | 'enum'): boolean {
  switch (kind) {
    case 'int64':
      return BigInt.asIntN(64, value) === value;
    case 'uint64':
      return BigInt.asUintN(64, value) === value;
    case 'enum':
      return BigInt.asIntN(32, value) === value;
    default:
      return kind satisfies never;
  }
}

/** protojson also accepts the alphabet of URLs, and missing padding. */
function standardBase64(text: string): string {
  const standard = text
    .replace(/-/g, '+')
    .replace(/_/g, '/')
    .replace(/[\r\n]/g, '');
  if (standard.includes('=')) return standard;
  return standard.padEnd(Math.ceil(standard.length / 4) * 4, '=');
}

/** The position at which Go finds invalid base64; undefined if it is valid. */
function wrongBase64At(text: string): number | undefined {
  let index = 0;
  while (index < text.length) {
    const quantum = index;
    while (index < quantum + 4 && /[A-Za-z0-9+/]/.test(text[index] ?? '')) index++;
    const letters = index - quantum;
    if (letters === 4) continue;
    if (index === text.length) return quantum;
    if (text[index] !== '=' || letters < 2) return index;
    if (letters === 2) {
      if (index + 1 === text.length) return text.length;
      if (text[index + 1] !== '=') return index;
      index += 1;
    }
    return index + 1 === text.length ? undefined : index + 1;
  }
  return undefined;
}
