/** What every way of running transactions shares. */
import type { Isolation } from '../../src/index.js';
import type { NodeContext } from '../../sim/scenario/scenario.js';

/** Keys that are read, one after the other, and then keys that are written. */
export interface TransactionPlan {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Between two reads, and before it commits, it waits so long. */
  readonly pauseMs: number;
}

export interface Transacted {
  /** What was read of each key, in order, by the execution that committed; null where there was nothing. */
  readonly values: readonly (string | null)[];
  /** Where it tells: the revision at which it committed or, where it wrote nothing, at which all it read was current. */
  readonly revision?: number;
}

/** One node's way of running transactions. */
export interface Transactions {
  /** Reads, and writes `value` to every key that is to be written, in one transaction. */
  transact(plan: TransactionPlan, value: string): Promise<Transacted>;
  close(): Promise<void>;
}

export type OpenTransactions = (context: NodeContext, isolation: Isolation) => Transactions;
