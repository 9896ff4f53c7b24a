/**
 * How large the database may become. Each request that grows it has a cost by etcd's own estimate; one that does not
 * fit is refused, and the alarm NOSPACE raised (server/storage/quota.go). Invariant: what has no cost always fits.
 */
import type { RequestOp, PutRequest, TxnRequest } from '../wire/kv.js';
import type { MaintenanceRules } from '../maintenance/rules.js';
import type { DatabaseSize } from './database-size.js';

/** 2 GiB, etcd's own. */
export const DEFAULT_QUOTA_BYTES = 2 * 1024 * 1024 * 1024;

const KEY_VALUE_OVERHEAD_BYTES = 256;
const LEASE_OVERHEAD_BYTES = 64;

export class Quota {
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

  /** What Status says. */
  get reportedBytes(): number {
    return this.configured === 0 ? DEFAULT_QUOTA_BYTES : this.configured;
  }

  fits(costBytes: number): boolean {
    return costBytes === 0 || this.#size.allocated + costBytes < this.#bytes;
  }
}

export function costOfPut({ key, value }: PutRequest): number {
  return KEY_VALUE_OVERHEAD_BYTES + key.length + value.length;
}

/** What the version of etcd decides about the cost of a transaction. */
export type TxnCostRules = Pick<MaintenanceRules, 'countsNestedPuts'>;

/** Of its more expensive branch, whichever will be taken. */
export function costOfTxn({ success, failure }: TxnRequest, { countsNestedPuts }: TxnCostRules): number {
  return Math.max(costOfOperations(success, countsNestedPuts), costOfOperations(failure, countsNestedPuts));
}

export const COST_OF_GRANT = LEASE_OVERHEAD_BYTES;

function costOfOperations(operations: readonly RequestOp[], countsNestedPuts: boolean): number {
  let cost = 0;
  for (const { requestPut, requestTxn } of operations) {
    if (requestPut !== undefined) cost += costOfPut(requestPut);
    else if (requestTxn !== undefined && countsNestedPuts)
      cost += costOfTxn(requestTxn, { countsNestedPuts });
  }
  return cost;
}
