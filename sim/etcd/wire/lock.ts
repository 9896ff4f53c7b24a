/** The messages of etcd's Lock service (v3lockpb), field numbers as published. */
import { RESPONSE_HEADER } from './header.js';
import { bytes, id } from './field.js';
import { message, nested, type Decoded } from './message.js';

export type LockRequest = Decoded<typeof LOCK_REQUEST>;
export const LOCK_REQUEST = message('LockRequest', { name: bytes(1), lease: id(2) });

export type LockResponse = Decoded<typeof LOCK_RESPONSE>;
export const LOCK_RESPONSE = message('LockResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  key: bytes(2),
});

export type UnlockRequest = Decoded<typeof UNLOCK_REQUEST>;
export const UNLOCK_REQUEST = message('UnlockRequest', { key: bytes(1) });

export type UnlockResponse = Decoded<typeof UNLOCK_RESPONSE>;
export const UNLOCK_RESPONSE = message('UnlockResponse', { header: nested(1, () => RESPONSE_HEADER) });
