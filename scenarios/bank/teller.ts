/** The common part of all ways to transfer: the order, its keys, its receipt, and the moved amount. */
import type { NodeContext } from '../../sim/scenario/scenario.js';
import { ACCOUNTS, RECEIPTS } from './ledger.js';

/** One transfer between two different accounts. */
export interface TransferOrder {
  /** The operation's id; the receipt is named after it. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

export interface TransferDone {
  readonly amount: number;
  /** If the recipe reports it. */
  readonly revision?: number;
}

/** One worker's way of transferring. Puts the receipt in the transaction that moves the money. */
export interface Teller {
  transfer(order: TransferOrder): Promise<TransferDone>;
  close(): Promise<void>;
}

export type OpenTeller = (context: NodeContext) => Teller;

/** Half of the balance moves, rounded down. */
export function half(balance: number): number {
  return Math.floor(balance / 2);
}

/** The keys that a transfer reads and writes. */
export function keysOf(prefix: string, { id, from, to }: TransferOrder) {
  return {
    from: prefix + ACCOUNTS + from,
    to: prefix + ACCOUNTS + to,
    receipt: prefix + RECEIPTS + id,
  };
}

/** The receipt's value. */
export function receiptOf({ from, to }: TransferOrder, amount: number): string {
  return JSON.stringify({ from, to, amount });
}
