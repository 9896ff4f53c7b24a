/**
 * The checks of the bank against plain definitions of their promises, over small histories, correct and
 * wrong.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bankChecks } from '../../scenarios/bank/checks.js';
import { runChecks } from '../../sim/check/check.js';
import type { History, LogEntry, LogEvent, Operation, Outcome } from '../../sim/history/history.js';
import {
  expectAsDefined,
  expectBothOften,
  inOrder,
  isBefore,
  moment,
  presentAt,
  runsOr,
  sum,
  type Definitions,
  type Tally,
} from './plain-definitions.js';

const ACCOUNTS = ['acc1', 'acc2', 'acc3'] as const;
const BALANCE = 9;
const checks = bankChecks({ accounts: ACCOUNTS.length, balance: BALANCE });
const nameOf = (account: string) => `bank/accounts/${account}`;

const transfers = fc.array(
  fc.record({
    from: fc.constantFrom(...ACCOUNTS),
    to: fc.constantFrom(...ACCOUNTS),
    asked: fc.nat(40),
    commits: fc.integer({ min: 1, max: 20 }),
    returns: fc.integer({ min: 1, max: 20 }),
    fate: fc.constantFrom('ok', 'ok', 'ok', 'silent', 'failed', 'indefinite', 'lost', 'dies', 'never'),
  }),
  { maxLength: 6 },
);

/**
 * A correct bank's execution of the transfers: each is done as a whole, in the order in which they commit.
 */
const rightHistories = transfers.map((drawn): History => {
  const planned = drawn.map((transfer, index) => {
    const id = `w${(index % 2) + 1}-${index}`;
    // No two moments are the same.
    const at = (time: number) => time * 100 + index * 3;
    const invoked = at(transfer.asked);
    const isDone = transfer.from !== transfer.to && ['ok', 'silent', 'lost', 'dies'].includes(transfer.fate);
    return { ...transfer, id, invoked, committed: invoked + transfer.commits * 100 + 1, isDone };
  });
  const balances = new Map<string, number>(ACCOUNTS.map((account) => [account, BALANCE]));
  const opening = ACCOUNTS.map((account) => put(nameOf(account), String(BALANCE)));
  const log: LogEntry[] = [{ revision: 2, events: opening }];
  const outcomes = new Map<string, Outcome>();
  for (const { id, from, to, fate, isDone } of planned.sort(
    (one, other) => one.committed - other.committed,
  )) {
    const held = balances.get(from) ?? 0;
    const amount = from === to ? 0 : (held - (held % 2)) / 2;
    const revision = log.length + 2;
    if (isDone) {
      balances.set(from, held - amount);
      balances.set(to, (balances.get(to) ?? 0) + amount);
      const receipt = put(`bank/receipts/${id}`, JSON.stringify({ from, to, amount }));
      log.push({
        revision,
        events: [
          ...[from, to].map((account) => put(nameOf(account), String(balances.get(account)))),
          receipt,
        ],
      });
    }
    const tells = isDone && fate === 'ok' ? { revision } : {};
    if (fate === 'ok' || fate === 'silent') outcomes.set(id, { kind: 'ok', output: { amount }, ...tells });
    else if (fate === 'failed') outcomes.set(id, { kind: 'failed', error });
    else if (fate === 'lost' || fate === 'indefinite') outcomes.set(id, { kind: 'indefinite', error });
  }
  const operations = planned.map(({ id, from, to, invoked, committed, returns, fate }): Operation => {
    const outcome = outcomes.get(id);
    const base = { id, node: id.slice(0, 2), name: 'transfer', input: { from, to }, invoke: moment(invoked) };
    if (outcome === undefined) return base;
    // A transfer with an unknown outcome may be done later.
    const early = fate === 'lost' ? invoked : committed;
    return { ...base, return: moment(early + returns * 100 + 1), outcome };
  });
  return { log, operations: inOrder(operations) };
});

const error = { name: 'Error', message: 'refused' };

function put(key: string, value: string): LogEvent {
  return { type: 'put', key, value, createRevision: 2, version: 1 };
}

const edits = fc.array(
  fc.record({
    kind: fc.constantFrom(
      ...([
        'drop',
        'swap',
        'again',
        'merge',
        'balance',
        'unreadable',
        'delete',
        'receipt',
        'version',
      ] as const),
      ...([
        'leave out',
        'bare',
        'outcome',
        'outcome',
        'revision',
        'move',
        'nobody',
        'other parties',
        'elsewhere',
      ] as const),
    ),
    at: fc.nat(20),
    place: fc.nat(3),
    more: fc.integer({ min: -2, max: 2 }),
  }),
  { maxLength: 3 },
);

type Edit = typeof edits extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

function edited(history: History, list: readonly Edit[]): History {
  return list.reduce(
    (one, edit) => ({ log: editedLog(one.log, edit), operations: editedOperations(one, edit) }),
    history,
  );
}

/** The opening stays unchanged. */
function editedLog(
  [opening, ...rest]: readonly LogEntry[],
  { kind, at, place, more }: Edit,
): readonly LogEntry[] {
  const index = at % Math.max(1, rest.length);
  const [entry, next] = [rest[index], rest[index + 1]];
  if (opening === undefined || entry === undefined) return opening === undefined ? [] : [opening, ...rest];
  const onEvent = (change: (event: LogEvent) => LogEvent | undefined) =>
    withEvents(
      entry.events.flatMap((event, number) =>
        number === place % entry.events.length ? (change(event) ?? []) : [event],
      ),
    );
  const withEvents = (events: readonly LogEvent[]) => [opening, ...rest.with(index, { ...entry, events })];
  switch (kind) {
    case 'drop':
      return [opening, ...rest.toSpliced(index, 1)];
    case 'swap':
      if (next === undefined) return [opening, ...rest];
      return [
        opening,
        ...rest
          .with(index, { ...entry, events: next.events })
          .with(index + 1, { ...next, events: entry.events }),
      ];
    case 'again':
      return [opening, ...rest, { revision: (rest.at(-1)?.revision ?? 2) + 1, events: entry.events }];
    case 'merge': {
      if (next === undefined) return [opening, ...rest];
      const keys = next.events.map(({ key }) => key);
      const events = [...entry.events.filter(({ key }) => !keys.includes(key)), ...next.events];
      const both = more > 0 ? events : [...events].reverse();
      return [opening, ...rest.toSpliced(index, 2, { ...next, events: both })];
    }
    case 'balance':
      return onEvent((event) =>
        event.key.includes('receipts') ? event : { ...event, value: String(Number(event.value) + more) },
      );
    case 'unreadable':
      return onEvent((event) => ({ ...event, value: 'junk' }));
    case 'delete':
      return onEvent((event) => ({ ...event, type: 'delete', value: '', version: 0 }));
    case 'leave out':
      return onEvent(() => undefined);
    case 'version':
      return onEvent((event) => ({ ...event, version: 2 }));
    case 'bare':
      return withEvents(entry.events.filter(({ key }) => !key.includes('receipts')));
    case 'elsewhere':
      return withEvents([...entry.events, put('bank/commits/1', '7')]);
    case 'receipt': {
      const isReceipt = ({ key }: LogEvent) => key.includes('receipts');
      return withEvents(
        entry.events.map((event) =>
          isReceipt(event) ? { ...event, value: otherReceipt(event.value, more) } : event,
        ),
      );
    }
    default:
      return [opening, ...rest];
  }
}

function otherReceipt(value: string, more: number): string {
  if (value === 'junk' || value === '') return value;
  const { from, to, amount } = JSON.parse(value) as { from: string; to: string; amount: number };
  if (more === 0) return JSON.stringify({ from: to, to: from, amount: -amount });
  return JSON.stringify({ from, to, amount: amount + more });
}

function editedOperations({ operations }: History, { kind, at, place, more }: Edit): readonly Operation[] {
  const index = at % Math.max(1, operations.length);
  const one = operations[index];
  if (one === undefined) return operations;
  const put = (other: Operation) => inOrder(operations.with(index, other));
  const { outcome } = one;
  switch (kind) {
    case 'nobody':
      return operations.toSpliced(index, 1);
    case 'other parties':
      return put({ ...one, input: { from: 'acc1', to: ACCOUNTS[place % 3] ?? '' } });
    case 'move': {
      const lasted = one.return === undefined ? 0 : one.return.sequence - one.invoke.sequence;
      // A moment that no other event has.
      const from = at * 300 + place * 3 + 2;
      return put({
        ...one,
        invoke: moment(from),
        ...(one.return === undefined ? {} : { return: moment(from + lasted) }),
      });
    }
    case 'revision':
      if (outcome?.kind !== 'ok' || outcome.revision === undefined) return operations;
      return put({ ...one, outcome: { ...outcome, revision: outcome.revision + more } });
    case 'outcome':
      if (one.return === undefined) return operations;
      if (place <= 1) return put({ ...one, outcome: { kind: 'failed', error } });
      return put({ ...one, outcome: { kind: 'ok', output: { amount: place } } });
    default:
      return operations;
  }
}

interface Slip {
  readonly id: string;
  readonly revision: number;
  readonly version: number;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly amount?: unknown;
}

/** Every put of a receipt. */
function slipsOf({ log }: History): Slip[] {
  return log.flatMap(({ revision, events }) =>
    events
      .filter(({ type, key }) => type === 'put' && key.startsWith('bank/receipts/'))
      .map(({ key, value, version }) => {
        const fields = value === 'junk' ? {} : (JSON.parse(value) as Pick<Slip, 'from' | 'to' | 'amount'>);
        return { ...fields, id: key.slice('bank/receipts/'.length), revision, version };
      }),
  );
}

/** NaN if there is none that can be read. */
function balanceAt(history: History, account: string, revision: number): number {
  const value = presentAt(history, nameOf(account), revision)?.value;
  return value === undefined || value === 'junk' ? NaN : Number(value);
}

function touchedAt({ log }: History, revision: number): string[] {
  const events = log.filter((entry) => entry.revision === revision).flatMap((entry) => entry.events);
  return ACCOUNTS.filter((account) => events.some(({ key }) => key === nameOf(account)));
}

/** Whether the revision takes the amount from one account, adds it to the other, and does nothing else. */
function isMoved(history: History, { from, to, amount, revision }: Slip): boolean {
  const touched = touchedAt(history, revision);
  const gained = (account: unknown) =>
    balanceAt(history, String(account), revision) - balanceAt(history, String(account), revision - 1);
  return (
    touched.length === 2 &&
    touched.every((account) => account === from || account === to) &&
    gained(from) === -Number(amount) &&
    gained(to) === Number(amount)
  );
}

const inputOf = ({ input }: Operation) => input as { readonly from: string; readonly to: string };

const definitions: Definitions = {
  'sum-conserved': (history) =>
    history.log.every(
      ({ revision }) =>
        sum(ACCOUNTS.map((account) => balanceAt(history, account, revision))) === BALANCE * ACCOUNTS.length,
    ),
  'no-negative-balance': (history) =>
    history.log.every(({ revision }) =>
      ACCOUNTS.every((account) => balanceAt(history, account, revision) >= 0),
    ),
  'ok-exactly-once': (history) =>
    history.operations.every((operation) => {
      const { id, name, outcome } = operation;
      if (name !== 'transfer' || outcome?.kind !== 'ok') return true;
      const slips = slipsOf(history).filter((slip) => slip.id === id);
      if (inputOf(operation).from === inputOf(operation).to) return slips.length === 0;
      const [slip] = slips;
      return (
        slips.length === 1 &&
        slip?.version === 1 &&
        [undefined, slip.revision].includes(outcome.revision) &&
        (outcome.output as { amount: number }).amount === slip.amount &&
        isMoved(history, slip)
      );
    }),
  'failed-never': (history) =>
    history.operations.every(
      ({ id, outcome }) => outcome?.kind !== 'failed' || slipsOf(history).every((slip) => slip.id !== id),
    ),
  'at-most-once': (history) => {
    const slips = slipsOf(history);
    const isAskedFor = ({ id, from, to, amount }: Slip) =>
      history.operations.some(
        (operation) =>
          operation.id === id &&
          operation.name === 'transfer' &&
          inputOf(operation).from === from &&
          inputOf(operation).to === to &&
          Number(amount) >= 0,
      );
    return (
      slips.every((slip) => isAskedFor(slip) && slips.filter(({ id }) => id === slip.id).length === 1) &&
      history.log
        .slice(1)
        .every(
          ({ revision }) =>
            touchedAt(history, revision).length === 0 || slips.some((slip) => slip.revision === revision),
        )
    );
  },
  'half-moves': (history) =>
    slipsOf(history).every(({ from, amount, revision }) => {
      const before = balanceAt(history, String(from), revision - 1);
      return touchedAt(history, revision).includes(String(from)) && amount === Math.floor(before / 2);
    }),
  'real-time-order': (history) =>
    history.operations.every((one) =>
      history.operations.every((other) => {
        if (one.outcome?.kind !== 'ok' || !isBefore(one.return, other.invoke)) return true;
        const revisions = ({ id }: Operation) =>
          slipsOf(history).flatMap((slip) => (slip.id === id ? [slip.revision] : []));
        return revisions(one).every((first) => revisions(other).every((second) => first < second));
      }),
    ),
};

it('a correct bank passes', () => {
  fc.assert(
    fc.property(rightHistories, (history) => {
      expect(runChecks(checks, history).filter(({ verdict }) => verdict !== 'satisfied')).toEqual([]);
    }),
    { numRuns: runsOr(1000) },
  );
});

it('every check of the bank agrees with every revision and every pair of transfers', () => {
  const tally: Tally = new Map();
  fc.assert(
    fc.property(rightHistories, edits, (right, list) => {
      expectAsDefined(checks, definitions, { history: edited(right, list), tally });
    }),
    { numRuns: runsOr(4000) },
  );
  expectBothOften(tally, checks, 5);
});
