/** Describes a pending call: the keys that it watches, reads or writes, as far as its messages show. */
import { bytesOf, type ByteString } from '../etcd/byte-string.js';
import { DELETE_RANGE_REQUEST, PUT_REQUEST, RANGE_REQUEST } from '../etcd/wire/kv.js';
import { MalformedError } from '../etcd/wire/malformed-error.js';
import { WATCH_REQUEST } from '../etcd/wire/watch.js';
import type { PendingCall } from '../network/network.js';

interface KeyRange {
  readonly key: ByteString;
  readonly rangeEnd: ByteString | undefined;
}

/** How many keys are named. */
const NAMED_MAX = 3;

const readers: Readonly<Record<string, (bytes: Uint8Array) => readonly string[]>> = {
  '/etcdserverpb.Watch/Watch': (bytes) => {
    const { createRequest } = WATCH_REQUEST.decode(bytes);
    if (createRequest === undefined) return [];
    const from = createRequest.startRevision > 0 ? ` from revision ${createRequest.startRevision}` : '';
    return [rangeText(createRequest) + from];
  },
  '/etcdserverpb.KV/Range': (bytes) => [rangeText(RANGE_REQUEST.decode(bytes))],
  '/etcdserverpb.KV/Put': (bytes) => [rangeText({ ...PUT_REQUEST.decode(bytes), rangeEnd: undefined })],
  '/etcdserverpb.KV/DeleteRange': (bytes) => [rangeText(DELETE_RANGE_REQUEST.decode(bytes))],
};

/** Such as ` of lock/a from revision 7`; empty if nothing is known. */
export function awaitedKeys({ method, sent }: PendingCall): string {
  const read = readers[method];
  if (read === undefined) return '';
  const names = [...new Set(sent.flatMap((bytes) => readable(bytes, read)))];
  if (names.length === 0) return '';
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : '';
  return ` of ${names.slice(0, NAMED_MAX).join(', ')}${more}`;
}

/** Undefined for a message of another kind. */
function readable(bytes: Uint8Array, read: (bytes: Uint8Array) => readonly string[]): readonly string[] {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof MalformedError) return [];
    throw error;
  }
}

function rangeText({ key, rangeEnd }: KeyRange): string {
  const text = JSON.stringify(bytesOf(key).toString('utf8')).slice(1, -1);
  if (rangeEnd === undefined || rangeEnd === '') return text;
  return isPrefixEnd(key, rangeEnd) ? `${text}*` : `${text} and later keys`;
}

/** etcd's clients request a prefix with an end whose last byte is one higher. */
function isPrefixEnd(key: ByteString, rangeEnd: ByteString): boolean {
  const last = key.length - 1;
  return rangeEnd === key.slice(0, last) + String.fromCharCode(key.charCodeAt(last) + 1);
}
