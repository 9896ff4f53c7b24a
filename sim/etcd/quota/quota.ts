/**
 * Limits the size of the database. Each request that grows it has a cost by etcd's own estimate. One that
 * does not fit is refused, and the alarm NOSPACE raised (server/storage/quota.go). Invariant: a request
 * without a cost always fits.
 */
import type { PutRequest, TxnRequest } from '../wire/kv.js';
import type { MaintenanceRules } from '../maintenance/rules.js';
import type { DatabaseSize } from './database-size.js';

/** 2 GiB, as in etcd. */
const DEFAULT_QUOTA_BYTES = 2 * 1024 * 1024 * 1024;

/** The share of the quota at which a database is nearly full. */
const NEAR_SHARE = 0.5;

const KEY_VALUE_OVERHEAD_BYTES = 256;
const LEASE_OVERHEAD_BYTES = 64;

export class Quota {
  /**
   * The database was filled from elsewhere: from here on entries no longer fit, even if their requests were
   * accepted.
   */
  isExhausted = false;
  readonly #bytes: number;
  readonly #size: DatabaseSize;

  /** @param configured as etcd's `--quota-backend-bytes`: 0 is the default, below 0 there is none */
  constructor(
    readonly configured: number,
    size: DatabaseSize,
  ) {
    this.#bytes = configured < 0 ? Infinity : configured === 0 ? DEFAULT_QUOTA_BYTES : configured;
    this.#size = size;
  }

  /** As Status reports it. */
  get reportedBytes(): number {
    return this.configured === 0 ? DEFAULT_QUOTA_BYTES : this.configured;
  }

  /** Whether a member may accept a request with this cost. */
  fits(costBytes: number): boolean {
    return costBytes === 0 || this.#size.allocated + costBytes < this.#bytes;
  }

  /** The same for a request that is about to be applied. */
  fitsApplied(costBytes: number): boolean {
    return this.fits(costBytes) && !(this.isExhausted && costBytes > 0);
  }

  /** Whether clients may notice how long accepted requests take until they are applied. */
  get isNear(): boolean {
    return this.#size.allocated >= this.#bytes * NEAR_SHARE;
  }
}

export function costOfPut({ key, value }: PutRequest): number {
  return KEY_VALUE_OVERHEAD_BYTES + key.length + value.length;
}

/** How the version of etcd computes the cost of a transaction. */
export type TxnCostRules = Pick<MaintenanceRules, 'countsNestedPuts'>;

interface Costing {
  readonly request: TxnRequest;
  readonly within: { readonly costing: Costing; readonly branch: 'success' | 'failure' } | undefined;
  success: number;
  failure: number;
}

/**
 * The cost of its more expensive branch, whichever will run. The nesting may have any depth here, because the
 * depth is checked later. Nested transactions are therefore listed, outer ones first, and added up from the
 * list's end.
 */
export function costOfTxn(request: TxnRequest, { countsNestedPuts }: TxnCostRules): number {
  const outermost: Costing = { request, within: undefined, success: 0, failure: 0 };
  const costings = [outermost];
  for (const costing of costings) {
    for (const branch of ['success', 'failure'] as const) {
      for (const { requestPut, requestTxn } of costing.request[branch]) {
        if (requestPut !== undefined) costing[branch] += costOfPut(requestPut);
        else if (requestTxn !== undefined && countsNestedPuts)
          costings.push({ request: requestTxn, within: { costing, branch }, success: 0, failure: 0 });
      }
    }
  }
  for (const { within, success, failure } of costings.reverse()) {
    if (within !== undefined) within.costing[within.branch] += Math.max(success, failure);
  }
  return Math.max(outermost.success, outermost.failure);
}

export const COST_OF_GRANT = LEASE_OVERHEAD_BYTES;
