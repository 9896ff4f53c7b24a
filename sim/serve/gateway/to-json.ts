/** A message as the JSON that etcd's gateway writes: default values left out, integers as strings, bytes as base64. */
import { bytesOf, type ByteString } from '../../etcd/byte-string.js';
import type { MessageType } from '../../etcd/wire/message.js';
import { jsonFieldsOf, type JsonField } from './names.js';

/** The value that `JSON.stringify` writes. */
export function toJson<T>(type: MessageType<T>, message: T): Readonly<Record<string, unknown>> {
  const record = message as Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = {};
  for (const field of jsonFieldsOf(type).inOrder) {
    const value = record[field.key];
    if (value === undefined || value === field.initial) continue;
    result[field.protoName] = field.repeated
      ? (value as readonly unknown[]).map((item) => valueOf(field, item))
      : valueOf(field, value);
  }
  return result;
}

function valueOf(field: JsonField, value: unknown): unknown {
  switch (field.type) {
    case 'int64':
    case 'uint64':
      return field.isJsonNumber ? value : BigInt(value as number | bigint).toString();
    case 'enumeration':
      return field.values?.values[value as number] ?? value;
    case 'bytes':
      return bytesOf(value as ByteString).toString('base64');
    case 'bool':
    case 'text':
      return value;
    case 'message':
      return field.message === undefined ? undefined : toJson(field.message(), value);
    default:
      return field.type satisfies never;
  }
}
