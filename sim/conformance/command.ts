/** What a client can do in a sequence: a unary call, a message on one of its streams, or the end of a stream. */
import * as cluster from '../etcd/wire/cluster.js';
import * as kv from '../etcd/wire/kv.js';
import * as lease from '../etcd/wire/lease.js';
import type { Encodable, MessageType } from '../etcd/wire/message.js';
import * as watch from '../etcd/wire/watch.js';
import type { Symbolic } from './symbol.js';

/** The codec of a method; which of its messages has which type is nobody's business here. */
export interface Codec {
  readonly request: MessageType<never>;
  readonly response: MessageType<unknown>;
}

function codec<Q, R>(request: MessageType<Q>, response: MessageType<R>): Codec {
  return { request: request as unknown as MessageType<never>, response };
}

/** The unary methods that are compared. */
export const UNARY = {
  'KV/Range': codec(kv.RANGE_REQUEST, kv.RANGE_RESPONSE),
  'KV/Put': codec(kv.PUT_REQUEST, kv.PUT_RESPONSE),
  'KV/DeleteRange': codec(kv.DELETE_RANGE_REQUEST, kv.DELETE_RANGE_RESPONSE),
  'KV/Txn': codec(kv.TXN_REQUEST, kv.TXN_RESPONSE),
  'KV/Compact': codec(kv.COMPACTION_REQUEST, kv.COMPACTION_RESPONSE),
  'Lease/LeaseGrant': codec(lease.LEASE_GRANT_REQUEST, lease.LEASE_GRANT_RESPONSE),
  'Lease/LeaseRevoke': codec(lease.LEASE_REVOKE_REQUEST, lease.LEASE_REVOKE_RESPONSE),
  'Lease/LeaseTimeToLive': codec(lease.LEASE_TIME_TO_LIVE_REQUEST, lease.LEASE_TIME_TO_LIVE_RESPONSE),
  'Lease/LeaseLeases': codec(lease.LEASE_LEASES_REQUEST, lease.LEASE_LEASES_RESPONSE),
  'Cluster/MemberList': codec(cluster.MEMBER_LIST_REQUEST, cluster.MEMBER_LIST_RESPONSE),
  'Maintenance/Status': codec(cluster.STATUS_REQUEST, cluster.STATUS_RESPONSE),
} as const;

export type UnaryMethod = keyof typeof UNARY;

/** The methods that are streams. */
export const STREAMS = {
  'Watch/Watch': codec(watch.WATCH_REQUEST, watch.WATCH_RESPONSE),
  'Lease/LeaseKeepAlive': codec(lease.LEASE_KEEP_ALIVE_REQUEST, lease.LEASE_KEEP_ALIVE_RESPONSE),
} as const;

export type StreamMethod = keyof typeof STREAMS;

type Request<T> = Symbolic<Encodable<T>>;

/** One command. Streams are numbered within their method and opened by the first message on them. */
export type Command =
  | { readonly kind: 'call'; readonly client: number; readonly method: UnaryMethod; readonly request: object }
  /** A request that may be no message at all, to a method that may not exist. */
  | {
      readonly kind: 'raw';
      readonly client: number;
      readonly method: string;
      /** The message, one code unit a byte. */
      readonly message: string;
    }
  | { readonly kind: 'watch'; readonly stream: number; readonly request: Request<watch.WatchRequest> }
  | {
      readonly kind: 'keep-alive';
      readonly stream: number;
      readonly request: Request<lease.LeaseKeepAliveRequest>;
    }
  /** A lease of a few seconds with keys on it, which is left to expire. */
  | {
      readonly kind: 'expire';
      readonly client: number;
      /** Seconds. */
      readonly TTL: number;
      readonly keys: readonly string[];
      /** Renews it once half of its time is over. */
      readonly renewed: boolean;
      /** Puts the first key again, without the lease. */
      readonly detached: boolean;
    }
  | { readonly kind: 'close'; readonly method: StreamMethod; readonly stream: number };

/** The full gRPC path of a method. */
export function pathOf(method: string): string {
  return `/etcdserverpb.${method}`;
}
