/**
 * How the bank's violations are described: transfers, revisions and the writes that a revision overlooked.
 */
import type { Entry, Receipt } from './ledger.js';
import { half } from './teller.js';

/** `w3-17 moved 12 from acc1 to acc4`, for any effect of a revision. */
export function describe({ receipts, changes }: Entry): string {
  if (receipts.length > 0) return receipts.map(say).join(' and ');
  const accounts = changes.map((change) => `${change.account} was set to ${change.after}`);
  return accounts.length > 3 ? 'the accounts were set' : accounts.join(' and ');
}

/** One transfer, by its receipt. */
export function say({ id, amount, from, to }: Receipt): string {
  return `${id} moved ${amount} from ${from} to ${to}`;
}

/** The place of receipts in the log. */
export function at(receipts: readonly Receipt[]): string {
  return `at revision ${receipts.map((receipt) => receipt.revision).join(' and ')}`;
}

/** If a revision wrote an account and ignored the previous revision's write: the write that it overlooked. */
function overlooked({ receipts, changes }: Entry): readonly Receipt[] {
  const [receipt] = receipts;
  if (receipt === undefined) return [];
  const { from, to, amount } = receipt;
  return changes
    .filter(({ account, before, after }) => {
      if (account === from) return before - after !== amount || half(before) !== amount;
      return account === to && after - before !== amount;
    })
    .flatMap((change) => change.previous);
}

/** Names the write that a revision overlooked, if any. */
export function stale(entry: Entry): string {
  const names = [...new Set(overlooked(entry).map((receipt) => receipt.id))];
  return names.length === 0 ? '' : `, overlooking ${names.join(' and ')}`;
}

/** The transfers that show the error of a revision. */
export function witnesses(entry: Entry): string[] {
  return [...new Set([...overlooked(entry), ...entry.receipts].map((receipt) => receipt.id))];
}
