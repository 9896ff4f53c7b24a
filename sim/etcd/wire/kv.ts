/**
 * The messages of etcd's KV service (etcdserverpb and mvccpb, API 3.6), field numbers as published. Revisions and
 * versions are numbers, leases are bigints, keys and values are byte strings.
 */
import type { ByteString } from '../byte-string.js';
import { RESPONSE_HEADER } from './header.js';
import { bool, bytes, enumeration, id, int64, oneOf, optionalBytes, repeated } from './field.js';
import { message, nested, recursiveMessage, type Decoded } from './message.js';

export const SORT_ORDER = { none: 0, ascend: 1, descend: 2 } as const;
export const SORT_TARGET = { key: 0, version: 1, create: 2, mod: 3, value: 4 } as const;
export const COMPARE_RESULT = { equal: 0, greater: 1, less: 2, notEqual: 3 } as const;
export const COMPARE_TARGET = { version: 0, create: 1, mod: 2, value: 3, lease: 4 } as const;
export const EVENT_TYPE = { put: 0, delete: 1 } as const;

export type KeyValue = Decoded<typeof KEY_VALUE>;
export const KEY_VALUE = message('KeyValue', {
  key: bytes(1),
  createRevision: int64(2),
  modRevision: int64(3),
  version: int64(4),
  value: bytes(5),
  lease: id(6),
});

export type Event = Decoded<typeof EVENT>;
export const EVENT = message('Event', {
  type: enumeration(1),
  kv: nested(2, () => KEY_VALUE),
  prevKv: nested(3, () => KEY_VALUE),
});

export type RangeRequest = Decoded<typeof RANGE_REQUEST>;
export const RANGE_REQUEST = message('RangeRequest', {
  key: bytes(1),
  // etcd reads an empty end on the wire as "from the key on", and an absent one as "the key alone".
  rangeEnd: optionalBytes(2),
  limit: int64(3),
  revision: int64(4),
  sortOrder: enumeration(5),
  sortTarget: enumeration(6),
  serializable: bool(7),
  keysOnly: bool(8),
  countOnly: bool(9),
  minModRevision: int64(10),
  maxModRevision: int64(11),
  minCreateRevision: int64(12),
  maxCreateRevision: int64(13),
});

export type RangeResponse = Decoded<typeof RANGE_RESPONSE>;
export const RANGE_RESPONSE = message('RangeResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  kvs: repeated(nested(2, () => KEY_VALUE)),
  more: bool(3),
  count: int64(4),
});

export type PutRequest = Decoded<typeof PUT_REQUEST>;
export const PUT_REQUEST = message('PutRequest', {
  key: bytes(1),
  value: bytes(2),
  lease: id(3),
  prevKv: bool(4),
  ignoreValue: bool(5),
  ignoreLease: bool(6),
});

export type PutResponse = Decoded<typeof PUT_RESPONSE>;
export const PUT_RESPONSE = message('PutResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  prevKv: nested(2, () => KEY_VALUE),
});

export type DeleteRangeRequest = Decoded<typeof DELETE_RANGE_REQUEST>;
export const DELETE_RANGE_REQUEST = message('DeleteRangeRequest', {
  key: bytes(1),
  rangeEnd: optionalBytes(2),
  prevKv: bool(3),
});

export type DeleteRangeResponse = Decoded<typeof DELETE_RANGE_RESPONSE>;
export const DELETE_RANGE_RESPONSE = message('DeleteRangeResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  deleted: int64(2),
  prevKvs: repeated(nested(3, () => KEY_VALUE)),
});

export type Compare = Decoded<typeof COMPARE>;
export const COMPARE = message('Compare', {
  result: enumeration(1),
  target: enumeration(2),
  key: bytes(3),
  version: oneOf('target', int64(4)),
  createRevision: oneOf('target', int64(5)),
  modRevision: oneOf('target', int64(6)),
  value: oneOf('target', bytes(7)),
  lease: oneOf('target', id(8)),
  rangeEnd: optionalBytes(64),
});

/** One operation of a transaction: at most one of its fields is set. */
export interface RequestOp {
  readonly requestRange: RangeRequest | undefined;
  readonly requestPut: PutRequest | undefined;
  readonly requestDeleteRange: DeleteRangeRequest | undefined;
  readonly requestTxn: TxnRequest | undefined;
}

export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly RequestOp[];
  readonly failure: readonly RequestOp[];
}

const REQUEST_OP = recursiveMessage<RequestOp>('RequestOp', {
  requestRange: nested(1, () => RANGE_REQUEST, 'request'),
  requestPut: nested(2, () => PUT_REQUEST, 'request'),
  requestDeleteRange: nested(3, () => DELETE_RANGE_REQUEST, 'request'),
  requestTxn: nested(4, () => TXN_REQUEST, 'request'),
});

export const TXN_REQUEST: ReturnType<typeof recursiveMessage<TxnRequest>> = recursiveMessage<TxnRequest>(
  'TxnRequest',
  {
    compare: repeated(nested(1, () => COMPARE)),
    success: repeated(nested(2, () => REQUEST_OP)),
    failure: repeated(nested(3, () => REQUEST_OP)),
  },
);

/** What one operation of a transaction answered: the field that matches the operation is set. */
export interface ResponseOp {
  readonly responseRange: RangeResponse | undefined;
  readonly responsePut: PutResponse | undefined;
  readonly responseDeleteRange: DeleteRangeResponse | undefined;
  readonly responseTxn: TxnResponse | undefined;
}

export interface TxnResponse {
  readonly header: Decoded<typeof RESPONSE_HEADER> | undefined;
  readonly succeeded: boolean;
  readonly responses: readonly ResponseOp[];
}

const RESPONSE_OP = recursiveMessage<ResponseOp>('ResponseOp', {
  responseRange: nested(1, () => RANGE_RESPONSE, 'response'),
  responsePut: nested(2, () => PUT_RESPONSE, 'response'),
  responseDeleteRange: nested(3, () => DELETE_RANGE_RESPONSE, 'response'),
  responseTxn: nested(4, () => TXN_RESPONSE, 'response'),
});

export const TXN_RESPONSE: ReturnType<typeof recursiveMessage<TxnResponse>> = recursiveMessage<TxnResponse>(
  'TxnResponse',
  {
    header: nested(1, () => RESPONSE_HEADER),
    succeeded: bool(2),
    responses: repeated(nested(3, () => RESPONSE_OP)),
  },
);

export type CompactionRequest = Decoded<typeof COMPACTION_REQUEST>;
export const COMPACTION_REQUEST = message('CompactionRequest', { revision: int64(1), physical: bool(2) });

export const COMPACTION_RESPONSE = message('CompactionResponse', {
  header: nested(1, () => RESPONSE_HEADER),
});

/** One chunk of etcd 3.7's RangeStream. */
export type RangeStreamResponse = Decoded<typeof RANGE_STREAM_RESPONSE>;
export const RANGE_STREAM_RESPONSE = message('RangeStreamResponse', {
  rangeResponse: nested(1, () => RANGE_RESPONSE),
});

/** The end of a range: undefined means the key alone, empty means from the key on. */
export function rangeEndOf(rangeEnd: ByteString | undefined): ByteString | undefined {
  return rangeEnd === '\0' ? '' : rangeEnd;
}
