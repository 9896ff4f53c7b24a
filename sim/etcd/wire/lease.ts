/** The messages of etcd's Lease service (API 3.6), field numbers as published. Times to live are whole seconds. */
import { RESPONSE_HEADER } from './header.js';
import { bool, bytes, id, int64, repeated, text } from './field.js';
import { message, nested, type Decoded } from './message.js';

export type LeaseGrantRequest = Decoded<typeof LEASE_GRANT_REQUEST>;
export const LEASE_GRANT_REQUEST = message('LeaseGrantRequest', { TTL: int64(1), ID: id(2) });

export type LeaseGrantResponse = Decoded<typeof LEASE_GRANT_RESPONSE>;
export const LEASE_GRANT_RESPONSE = message('LeaseGrantResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  ID: id(2),
  TTL: int64(3),
  error: text(4),
});

export const LEASE_REVOKE_REQUEST = message('LeaseRevokeRequest', { ID: id(1) });

export type LeaseRevokeResponse = Decoded<typeof LEASE_REVOKE_RESPONSE>;
export const LEASE_REVOKE_RESPONSE = message('LeaseRevokeResponse', {
  header: nested(1, () => RESPONSE_HEADER),
});

export type LeaseKeepAliveRequest = Decoded<typeof LEASE_KEEP_ALIVE_REQUEST>;
export const LEASE_KEEP_ALIVE_REQUEST = message('LeaseKeepAliveRequest', { ID: id(1) });

export const LEASE_KEEP_ALIVE_RESPONSE = message('LeaseKeepAliveResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  ID: id(2),
  TTL: int64(3),
});

export type LeaseTimeToLiveRequest = Decoded<typeof LEASE_TIME_TO_LIVE_REQUEST>;
export const LEASE_TIME_TO_LIVE_REQUEST = message('LeaseTimeToLiveRequest', { ID: id(1), keys: bool(2) });

export type LeaseTimeToLiveResponse = Decoded<typeof LEASE_TIME_TO_LIVE_RESPONSE>;
export const LEASE_TIME_TO_LIVE_RESPONSE = message('LeaseTimeToLiveResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  ID: id(2),
  TTL: int64(3),
  grantedTTL: int64(4),
  keys: repeated(bytes(5)),
});

export const LEASE_LEASES_REQUEST = message('LeaseLeasesRequest', {});

const LEASE_STATUS = message('LeaseStatus', { ID: id(1) });

export type LeaseLeasesResponse = Decoded<typeof LEASE_LEASES_RESPONSE>;
export const LEASE_LEASES_RESPONSE = message('LeaseLeasesResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  leases: repeated(nested(2, () => LEASE_STATUS)),
});
