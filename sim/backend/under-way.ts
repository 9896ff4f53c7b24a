/**
 * What the nodes of a run have under way, as their clients see it: leases, writes that were sent, replies that came.
 * Aimed faults look at it. Invariant: it only watches, and the same on both backends.
 */
import { CODE } from '../etcd/errors.js';
import { LEASE_GRANT_RESPONSE, LEASE_REVOKE_REQUEST } from '../etcd/wire/lease.js';
import { readable } from '../etcd/wire/malformed-error.js';
import type { CallInterceptor } from '../network/intercept-calls.js';

/** The two ends of a call. */
export interface CallEnds {
  readonly node: string;
  readonly member: string;
}

export type Happening = 'lease' | 'write' | 'reply';

type Onlooker = (what: Happening, ends: CallEnds) => void;

const GRANT = '/etcdserverpb.Lease/LeaseGrant';
const REVOKE = '/etcdserverpb.Lease/LeaseRevoke';
const WRITES: ReadonlySet<string> = new Set([
  ...['/etcdserverpb.KV/Put', '/etcdserverpb.KV/DeleteRange', '/etcdserverpb.KV/Txn'],
  ...[GRANT, REVOKE],
]);
const READ = '/etcdserverpb.KV/Range';

export class UnderWay {
  /** The longest TTL that a node was granted so far; 0 without any. */
  longestTtlMs = 0;
  /** The leases that nodes were granted and have not revoked, by their ids. */
  readonly #leases = new Map<bigint, CallEnds>();
  readonly #onlookers = new Set<Onlooker>();

  /** Watches a call of a node to a member; undefined if it does not matter. */
  watch(method: string, ends: CallEnds): CallInterceptor | undefined {
    const isWrite = WRITES.has(method);
    if (!isWrite && method !== READ) return undefined;
    return {
      sent: (bytes) => {
        if (method === REVOKE) this.#revoked(bytes);
        if (isWrite) this.#tell('write', ends);
        return undefined;
      },
      received: (bytes) => {
        if (method === GRANT) this.#granted(bytes, ends);
      },
      ended: ({ code }) => {
        if (code === CODE.ok) this.#tell('reply', ends);
      },
    };
  }

  /** The node's process is gone, and with it what it knew. */
  left(node: string): void {
    for (const [id, ends] of this.#leases) if (ends.node === node) this.#leases.delete(id);
  }

  /** The nodes that hold a lease, with the members that granted it, in the order of their leases. */
  get holders(): readonly CallEnds[] {
    return [...this.#leases.values()];
  }

  /** Tells what happens from now on, until the returned function is called. */
  look(onlooker: Onlooker): () => void {
    this.#onlookers.add(onlooker);
    return () => void this.#onlookers.delete(onlooker);
  }

  #granted(bytes: Uint8Array, ends: CallEnds): void {
    const { ID, TTL } = readable(() => LEASE_GRANT_RESPONSE.decode(bytes)) ?? {};
    if (ID === undefined || TTL === undefined) return;
    this.longestTtlMs = Math.max(this.longestTtlMs, Number(TTL) * 1000);
    this.#leases.set(ID, ends);
    this.#tell('lease', ends);
  }

  #revoked(bytes: Uint8Array): void {
    const ID = readable(() => LEASE_REVOKE_REQUEST.decode(bytes))?.ID;
    if (ID !== undefined) this.#leases.delete(ID);
  }

  #tell(what: Happening, ends: CallEnds): void {
    for (const onlooker of [...this.#onlookers]) onlooker(what, ends);
  }
}
