/** The messages of etcd's Watch service (API 3.6), field numbers as published. */
import { RESPONSE_HEADER } from './header.js';
import { EVENT } from './kv.js';
import { bool, bytes, enumeration, id, int64, optionalBytes, repeated, text } from './field.js';
import { message, nested, type Decoded } from './message.js';

export const FILTER_TYPE = { noPut: 0, noDelete: 1 } as const;

export type WatchCreateRequest = Decoded<typeof WATCH_CREATE_REQUEST>;
export const WATCH_CREATE_REQUEST = message('WatchCreateRequest', {
  key: bytes(1),
  rangeEnd: optionalBytes(2),
  startRevision: int64(3),
  progressNotify: bool(4),
  filters: repeated(enumeration(5)),
  prevKv: bool(6),
  watchId: id(7),
  fragment: bool(8),
});

const WATCH_CANCEL_REQUEST = message('WatchCancelRequest', { watchId: id(1) });

const WATCH_PROGRESS_REQUEST = message('WatchProgressRequest', {});

export type WatchRequest = Decoded<typeof WATCH_REQUEST>;
export const WATCH_REQUEST = message('WatchRequest', {
  createRequest: nested(1, () => WATCH_CREATE_REQUEST, 'request'),
  cancelRequest: nested(2, () => WATCH_CANCEL_REQUEST, 'request'),
  progressRequest: nested(3, () => WATCH_PROGRESS_REQUEST, 'request'),
});

export type WatchResponse = Decoded<typeof WATCH_RESPONSE>;
export const WATCH_RESPONSE = message('WatchResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  watchId: id(2),
  created: bool(3),
  canceled: bool(4),
  compactRevision: int64(5),
  cancelReason: text(6),
  fragment: bool(7),
  events: repeated(nested(11, () => EVENT)),
});
