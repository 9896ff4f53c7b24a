/** Histories of the bank, written by hand: two or three accounts with 100 each, opened at revision 2. */
import type { Check, Finding } from '../../sim/check/check.js';
import type { History, LogEntry, LogEvent, Operation, Outcome } from '../../sim/history/history.js';
import type { Moment } from '../../sim/history/moment.js';
import { bankChecks } from '../../scenarios/bank/checks.js';

/** Puts the given balances, and receipts if an operation is named. */
export function revision(
  number: number,
  balances: Readonly<Record<string, number | string>>,
  receipt?: {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly amount: number;
    readonly version?: number;
  },
): LogEntry {
  const events = Object.entries(balances).map(([account, balance]) =>
    put(`bank/accounts/${account}`, String(balance), number),
  );
  if (receipt !== undefined) {
    const { id, from, to, amount, version = 1 } = receipt;
    events.push(put(`bank/receipts/${id}`, JSON.stringify({ from, to, amount }), number, version));
  }
  return { revision: number, events };
}

export function put(key: string, value: string, createRevision: number, version = 1): LogEvent {
  return { type: 'put', key, value, createRevision, version };
}

/** Opens three accounts with 100 each. */
export const opening = revision(2, { acc1: 100, acc2: 100, acc3: 100 });

/** w1-1 moves 50 from acc1 to acc2. */
export const first = revision(
  3,
  { acc1: 50, acc2: 150 },
  { id: 'w1-1', from: 'acc1', to: 'acc2', amount: 50 },
);
/** Then w2-1 moves 75 from acc2 to acc3. */
export const second = revision(
  4,
  { acc2: 75, acc3: 175 },
  { id: 'w2-1', from: 'acc2', to: 'acc3', amount: 75 },
);

export function ok(amount: number, at?: number): Outcome {
  return { kind: 'ok', output: { amount }, ...(at === undefined ? {} : { revision: at }) };
}

export const failed: Outcome = { kind: 'failed', error: { name: 'DefiniteError', message: 'refused' } };
export const indefinite: Outcome = {
  kind: 'indefinite',
  error: { name: 'IndefiniteError', message: 'lost' },
};

/** A transfer as the worker saw it; without an outcome it never returned. */
export function asked(
  id: string,
  from: string,
  to: string,
  outcome?: Outcome,
  [invoked, returned]: readonly [number, number] = [1, 100],
): Operation {
  return {
    id,
    node: id.split('-')[0] ?? '',
    name: 'transfer',
    input: { from, to },
    invoke: moment(invoked),
    ...(outcome === undefined ? {} : { return: moment(returned), outcome }),
  };
}

/** The two transfers, both reported ok. */
export const askedFirst = asked('w1-1', 'acc1', 'acc2', ok(50, 3));
export const askedSecond = asked('w2-1', 'acc2', 'acc3', ok(75, 4));

/** The finding of one check of the bank; all others must find nothing unless they are named too. */
export function judge(history: History, accounts = 3): Readonly<Record<string, Finding>> {
  const checks: readonly Check[] = bankChecks({ accounts, balance: 100 });
  const findings = checks.map((check) => [check.name, check.check(history)] as const);
  return Object.fromEntries(findings.filter(([, finding]) => finding.verdict !== 'satisfied'));
}

function moment(sequence: number): Moment {
  return { sequence, timeUs: sequence };
}
