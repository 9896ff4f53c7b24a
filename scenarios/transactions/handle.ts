/** The common part of all ways to run transactions. */
import type { Isolation } from '../../src/index.js';
import type { NodeContext } from '../../sim/scenario/scenario.js';

/** Keys that are read, one after the other, and then keys that are written. */
export interface TransactionPlan {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** How long it waits between two reads, and before it commits. */
  readonly pauseMs: number;
}

export interface Transacted {
  /** The reads of each key, in order, by the execution that committed; null for an absent key. */
  readonly values: readonly (string | null)[];
  /**
   * If reported: the revision at which it committed or, without a write, at which all its reads were current.
   */
  readonly revision?: number;
}

/** One node's way of running transactions. */
export interface Transactions {
  /** Reads, and writes `value` to every key to write, in one transaction. */
  transact(plan: TransactionPlan, value: string): Promise<Transacted>;
  close(): Promise<void>;
}

export type OpenTransactions = (context: NodeContext, isolation: Isolation) => Transactions;
