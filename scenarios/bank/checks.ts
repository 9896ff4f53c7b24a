/** The rules of the bank: over its books, and over its workers' results. */
import type { Check, Finding } from '../../sim/check/check.js';
import type { BankHistory, BankOptions, Transfer } from './plan.js';
import { readLedger, type Entry, type Ledger, type Receipt } from './ledger.js';
import { half } from './teller.js';
import { at, describe, say, stale, witnesses } from './describe-transfers.js';

export function bankChecks({
  accounts,
  balance,
}: Pick<BankOptions, 'accounts' | 'balance'>): readonly Check<BankHistory>[] {
  const total = accounts * balance;
  return [
    rule('sum-conserved', `The sum of all balances is ${total} in every revision.`, (books) =>
      sumConserved(books, total),
    ),
    rule('no-negative-balance', 'No balance is ever below 0.', noNegativeBalance),
    rule(
      'ok-exactly-once',
      'Every ok transfer is in the log exactly once, at the reported revision, with the amount of its receipt.',
      okExactlyOnce,
    ),
    rule('failed-never', 'No failed transfer is in the log.', failedNever),
    rule(
      'at-most-once',
      'Every receipt belongs to a requested transfer and is written once; no account changes without a receipt.',
      atMostOnce,
    ),
    rule('half-moves', 'Every transfer moves half of the balance of its source.', halfMoves),
    rule(
      'real-time-order',
      'A transfer that returned before another began comes before it in the log.',
      realTimeOrder,
    ),
  ];
}

/** A rule that returns the first violation in the order of the log, or undefined. */
type Judge = (books: Ledger, operations: ReadonlyMap<string, Transfer>) => Violation | undefined;

interface Violation {
  readonly message: string;
  readonly operations: readonly string[];
  readonly revisions: readonly number[];
}

function rule(name: string, description: string, judge: Judge): Check<BankHistory> {
  return {
    name,
    description,
    check(history): Finding {
      const books = readLedger(history);
      if (books === undefined) return { verdict: 'inconclusive', reason: 'the log of revisions is empty' };
      const operations = new Map(history.operations.map((operation) => [operation.id, operation]));
      const violation = judge(books, operations);
      return violation === undefined ? { verdict: 'satisfied' } : { verdict: 'violated', ...violation };
    },
  };
}

function sumConserved({ opening, entries }: Ledger, total: number): Violation | undefined {
  const broken = [opening, ...entries].find((entry) => entry.sum !== total);
  if (broken === undefined) return undefined;
  return {
    message: `the sum is ${broken.sum} at revision ${broken.revision}, after ${describe(broken)}${stale(broken)}`,
    operations: witnesses(broken),
    revisions: [broken.revision],
  };
}

function noNegativeBalance({ opening, entries }: Ledger): Violation | undefined {
  for (const entry of [opening, ...entries]) {
    const overdrawn = entry.changes.find((change) => !(change.after >= 0));
    if (overdrawn === undefined) continue;
    const state = Number.isNaN(overdrawn.after)
      ? `${overdrawn.account} has no balance`
      : `the balance of ${overdrawn.account} is ${overdrawn.after}`;
    return {
      message: `${state} at revision ${entry.revision}, after ${describe(entry)}`,
      operations: witnesses(entry),
      revisions: [entry.revision],
    };
  }
  return undefined;
}

function okExactlyOnce(books: Ledger, operations: ReadonlyMap<string, Transfer>): Violation | undefined {
  const entries = new Map(books.entries.map((entry) => [entry.revision, entry]));
  for (const operation of operations.values()) {
    if (operation.outcome?.kind !== 'ok') continue;
    const receipts = books.receipts.get(operation.id) ?? [];
    const problem = okProblem(operation, operation.outcome, receipts, entries);
    if (problem === undefined) continue;
    return {
      message: `${operation.id} was reported ok, but ${problem}`,
      operations: [operation.id],
      revisions: receipts.map((receipt) => receipt.revision),
    };
  }
  return undefined;
}

function okProblem(
  operation: Transfer,
  outcome: { readonly output: { readonly amount: number }; readonly revision?: number },
  receipts: readonly Receipt[],
  entries: ReadonlyMap<number, Entry>,
): string | undefined {
  const { from, to } = operation.input;
  const [receipt, ...others] = receipts;
  if (from === to)
    return receipt === undefined ? undefined : `it has a receipt although there was nothing to move`;
  if (receipt === undefined) return 'it is not in the log';
  if (others.length > 0) return `it is in the log ${receipts.length} times, ${at(receipts)}`;
  if (receipt.version !== 1) return `its receipt at revision ${receipt.revision} is not the first`;
  const { revision } = receipt;
  if (outcome.revision !== undefined && outcome.revision !== revision) {
    return `the log has it at revision ${revision} instead of ${outcome.revision}`;
  }
  const { amount } = outcome.output;
  if (amount !== receipt.amount) return `its receipt says ${receipt.amount} instead of ${amount}`;
  const entry = entries.get(revision);
  if (entry === undefined || !moves(entry, receipt)) {
    return `at revision ${revision} ${receipt.amount} did not move from ${receipt.from} to ${receipt.to}`;
  }
  return undefined;
}

/** Whether the revision's changes are exactly those of the receipt. */
function moves({ changes }: Entry, { from, to, amount }: Receipt): boolean {
  return (
    changes.length === 2 &&
    changes.some((change) => change.account === from && change.before - change.after === amount) &&
    changes.some((change) => change.account === to && change.after - change.before === amount)
  );
}

function failedNever(books: Ledger, operations: ReadonlyMap<string, Transfer>): Violation | undefined {
  for (const operation of operations.values()) {
    const receipts = books.receipts.get(operation.id);
    if (operation.outcome?.kind !== 'failed' || receipts === undefined) continue;
    return {
      message: `${operation.id} was reported failed (${operation.outcome.error.message}), but is in the log ${at(receipts)}`,
      operations: [operation.id],
      revisions: receipts.map((receipt) => receipt.revision),
    };
  }
  return undefined;
}

function atMostOnce(books: Ledger, operations: ReadonlyMap<string, Transfer>): Violation | undefined {
  const seen = new Map<string, Receipt>();
  for (const entry of books.entries) {
    const { revision } = entry;
    if (entry.receipts.length === 0) {
      return {
        message: `${describe(entry)} at revision ${revision} without a receipt`,
        operations: [],
        revisions: [revision],
      };
    }
    for (const receipt of entry.receipts) {
      const first = seen.get(receipt.id);
      if (first !== undefined) {
        return {
          message: `${receipt.id} happened twice: it moved ${first.amount} at revision ${first.revision} and ${receipt.amount} at revision ${revision}`,
          operations: [receipt.id],
          revisions: [first.revision, revision],
        };
      }
      seen.set(receipt.id, receipt);
      const operation = operations.get(receipt.id);
      if (operation !== undefined && isFor(receipt, operation)) continue;
      return {
        message: `no node requested ${say(receipt)}, which has a receipt at revision ${revision}`,
        operations: operation === undefined ? [] : [receipt.id],
        revisions: [revision],
      };
    }
  }
  return undefined;
}

function halfMoves(books: Ledger): Violation | undefined {
  for (const entry of books.entries) {
    for (const receipt of entry.receipts) {
      const source = entry.changes.find((change) => change.account === receipt.from);
      if (source !== undefined && half(source.before) === receipt.amount) continue;
      const held = source === undefined ? 'was not touched' : `held ${source.before} just before`;
      return {
        message: `${say(receipt)} at revision ${entry.revision}, but ${receipt.from} ${held}${stale(entry)}`,
        operations: witnesses(entry),
        revisions: [entry.revision],
      };
    }
  }
  return undefined;
}

function realTimeOrder(books: Ledger, operations: ReadonlyMap<string, Transfer>): Violation | undefined {
  /** The last requested transfer of those so far, including those of the same revision. */
  let latest: { readonly operation: Transfer; readonly revision: number } | undefined;
  for (const { receipts, revision } of books.entries) {
    const asked = receipts.flatMap(({ id }) => operations.get(id) ?? []);
    for (const operation of asked) {
      if (latest !== undefined && operation.invoke.sequence <= latest.operation.invoke.sequence) continue;
      latest = { operation, revision };
    }
    for (const operation of asked) {
      const returned = operation.outcome?.kind === 'ok' ? operation.return?.sequence : undefined;
      if (latest === undefined || returned === undefined) continue;
      if (returned >= latest.operation.invoke.sequence) continue;
      return {
        message: `${operation.id} returned before ${latest.operation.id} began, but comes after it in the log`,
        operations: [operation.id, latest.operation.id],
        revisions: [...new Set([latest.revision, revision])],
      };
    }
  }
  return undefined;
}

function isFor(receipt: Receipt, { input }: Transfer): boolean {
  return receipt.from === input.from && receipt.to === input.to && receipt.amount >= 0;
}
