/**
 * The bank's books, from etcd's log: what every revision did to the accounts, and the receipts it wrote.
 * Invariant: an entry follows only from the log, never from workers' results.
 */
import type { History, LogEvent } from '../../sim/history/history.js';

export const ACCOUNTS = 'bank/accounts/';
export const RECEIPTS = 'bank/receipts/';

/** Names of the accounts, `acc1` and so on. */
export function accountNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `acc${index + 1}`);
}

/** One put of a receipt. */
export interface Receipt {
  /** The transfer's operation. */
  readonly id: string;
  readonly revision: number;
  /** 1 for the first put. */
  readonly version: number;
  readonly from: string;
  readonly to: string;
  /** NaN if the receipt cannot be read. */
  readonly amount: number;
}

/** What one revision did to one account. A balance that is missing or unreadable is NaN. */
export interface Change {
  readonly account: string;
  readonly before: number;
  readonly after: number;
  /** The receipts of the revision that wrote `before`. */
  readonly previous: readonly Receipt[];
}

/** One revision that touched accounts or receipts. */
export interface Entry {
  readonly revision: number;
  readonly changes: readonly Change[];
  readonly receipts: readonly Receipt[];
  /** Of all balances after the revision. */
  readonly sum: number;
}

export interface Ledger {
  /** The revision that opened the accounts. */
  readonly opening: Entry;
  /** All later ones, ascending. */
  readonly entries: readonly Entry[];
  readonly balances: ReadonlyMap<string, number>;
  /** Every put of a receipt, by operation, ascending. */
  readonly receipts: ReadonlyMap<string, readonly Receipt[]>;
}

const ledgers = new WeakMap<History, Ledger | undefined>();

/** Reads the books, once for every history; undefined if the log does not even have their beginning. */
export function readLedger(history: History): Ledger | undefined {
  if (!ledgers.has(history)) ledgers.set(history, read(history));
  return ledgers.get(history);
}

function read(history: History): Ledger | undefined {
  const balances = new Map<string, number>();
  const writers = new Map<string, readonly Receipt[]>();
  const byOperation = new Map<string, Receipt[]>();
  const entries: Entry[] = [];
  for (const { revision, events } of history.log) {
    const receipts = events.flatMap((event) => receiptOf(event, revision));
    for (const receipt of receipts) {
      const known = byOperation.get(receipt.id);
      if (known === undefined) byOperation.set(receipt.id, [receipt]);
      else known.push(receipt);
    }
    const changes: Change[] = [];
    for (const event of events) {
      if (!event.key.startsWith(ACCOUNTS)) continue;
      const account = event.key.slice(ACCOUNTS.length);
      const after = event.type === 'put' ? balanceOf(event.value) : NaN;
      const before = balances.get(account) ?? NaN;
      changes.push({ account, before, after, previous: writers.get(account) ?? [] });
      balances.set(account, after);
      writers.set(account, receipts);
    }
    if (changes.length === 0 && receipts.length === 0) continue;
    let sum = 0;
    for (const balance of balances.values()) sum += balance;
    entries.push({ revision, changes, receipts, sum });
  }
  const [opening, ...later] = entries;
  return opening === undefined ? undefined : { opening, entries: later, balances, receipts: byOperation };
}

/** Balances are whole numbers in decimal; everything else is NaN. */
function balanceOf(text: string): number {
  return /^-?\d+$/.test(text) ? Number(text) : NaN;
}

function receiptOf(event: LogEvent, revision: number): Receipt[] {
  if (event.type !== 'put' || !event.key.startsWith(RECEIPTS)) return [];
  const { from, to, amount } = fieldsOf(event.value);
  return [
    {
      id: event.key.slice(RECEIPTS.length),
      revision,
      version: event.version,
      from: String(from),
      to: String(to),
      amount: typeof amount === 'number' ? amount : NaN,
    },
  ];
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
