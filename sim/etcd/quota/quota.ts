/**
 * How large the database may become. Each request that grows it has a cost by etcd's own estimate; one that does not
 * fit is refused, and the alarm NOSPACE raised (server/storage/quota.go). Invariant: what has no cost always fits.
 */
import type { PutRequest, TxnRequest } from '../wire/kv.js';
import type { MaintenanceRules } from '../maintenance/rules.js';
import type { DatabaseSize } from './database-size.js';

/** 2 GiB, etcd's own. */
const DEFAULT_QUOTA_BYTES = 2 * 1024 * 1024 * 1024;

/** Of the quota: so full is a database that is nearly full. */
const NEAR_SHARE = 0.5;

const KEY_VALUE_OVERHEAD_BYTES = 256;
const LEASE_OVERHEAD_BYTES = 64;

export class Quota {
  /** Something else has filled the database: what is applied from here on no longer fits, whatever was let in. */
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

  /** What Status says. */
  get reportedBytes(): number {
    return this.configured === 0 ? DEFAULT_QUOTA_BYTES : this.configured;
  }

  /** Whether a member may let a request in that costs so much. */
  fits(costBytes: number): boolean {
    return costBytes === 0 || this.#size.allocated + costBytes < this.#bytes;
  }

  /** The same of a request that is about to be applied. */
  fitsApplied(costBytes: number): boolean {
    return this.fits(costBytes) && !(this.isExhausted && costBytes > 0);
  }

  /** Whether it may show how long requests take from being let in until they are applied. */
  get isNear(): boolean {
    return this.#size.allocated >= this.#bytes * NEAR_SHARE;
  }
}

export function costOfPut({ key, value }: PutRequest): number {
  return KEY_VALUE_OVERHEAD_BYTES + key.length + value.length;
}

/** What the version of etcd decides about the cost of a transaction. */
export type TxnCostRules = Pick<MaintenanceRules, 'countsNestedPuts'>;

interface Costing {
  readonly request: TxnRequest;
  readonly within: { readonly costing: Costing; readonly branch: 'success' | 'failure' } | undefined;
  success: number;
  failure: number;
}

/**
 * Of its more expensive branch, whichever will be taken. It is asked before it is known how deep transactions are
 * nested, which may be any depth: so they are walked through in a list, outer ones first, and added up from its end.
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
