/** What must hold of transactions, by etcd's log and by what they read. */
import type { Check, Finding } from '../../sim/check/check.js';
import { checkTransactions, type TransactionRecord } from '../../sim/check/transactions.js';
import type { History, Operation } from '../../sim/history/history.js';
import type { TransactInput } from './plan.js';

/** Keys of transactions; everything else under the prefix is the recipe's own. */
const KEY = /^k\d+$/;

export const transactionChecks: readonly Check[] = [
  {
    name: 'once',
    description:
      'What was reported ok was written once, all of it at the revision it reported; what was reported failed was not.',
    check: (history) => writtenOnce(history) ?? { verdict: 'satisfied' },
  },
  {
    name: 'strictly-serializable',
    description:
      'There is an order of all transactions, the one in which they were asked for where they did not overlap, in which each read what was written last.',
    check: (history) => checkTransactions(recordsOf(history)),
  },
];

interface Write {
  readonly revision: number;
  readonly keys: readonly string[];
}

/** By transaction: every revision at which its value was written. */
function writesOf({ log }: History): ReadonlyMap<string, readonly Write[]> {
  const writes = new Map<string, Write[]>();
  for (const { revision, events } of log) {
    const keys = new Map<string, string[]>();
    for (const { key, value } of events.filter((event) => KEY.test(event.key))) {
      keys.set(value, [...(keys.get(value) ?? []), key]);
    }
    for (const [id, own] of keys) writes.set(id, [...(writes.get(id) ?? []), { revision, keys: own.sort() }]);
  }
  return writes;
}

function writtenOnce(history: History): Finding | undefined {
  const written = writesOf(history);
  for (const { id, input, outcome } of history.operations) {
    const [write, ...others] = written.get(id) ?? [];
    const planned = [...inputOf(input).writes].sort();
    const revisions = [write, ...others].flatMap((one) => (one === undefined ? [] : [one.revision]));
    const problem = (text: string): Finding => ({
      verdict: 'violated',
      message: `${id} ${text}`,
      operations: [id],
      revisions,
    });
    if (others.length > 0) return problem(`was written ${revisions.length} times`);
    if (write !== undefined && write.keys.join() !== planned.join()) {
      return problem(`wrote ${write.keys.join(', ')} instead of ${planned.join(', ')}`);
    }
    if (outcome?.kind === 'failed' && write !== undefined) {
      return problem(`was reported failed (${outcome.error.message}), and is in the log`);
    }
    if (outcome?.kind !== 'ok' || planned.length === 0) continue;
    if (write === undefined) return problem('was reported ok, and is not in the log');
    if (outcome.revision !== undefined && outcome.revision !== write.revision) {
      return problem(
        `was reported ok at revision ${outcome.revision}, and is in the log at ${write.revision}`,
      );
    }
  }
  return undefined;
}

/** Of each transaction that may have happened: what it read, and where it wrote. */
function recordsOf(history: History): readonly TransactionRecord[] {
  const written = writesOf(history);
  const revisionOf = (id: string) => written.get(id)?.[0]?.revision;
  return history.operations.flatMap((operation): TransactionRecord[] => {
    const { id, invoke, outcome } = operation;
    const { reads, writes } = inputOf(operation.input);
    const revision = revisionOf(id);
    // The log is whole: what is not in it did not happen.
    if (writes.length > 0 && revision === undefined) return [];
    if (writes.length === 0 && outcome?.kind !== 'ok') return [];
    return [
      {
        id,
        outcome: outcome?.kind === 'ok' ? 'ok' : 'indefinite',
        invoke: invoke.sequence,
        ...(operation.return === undefined ? {} : { return: operation.return.sequence }),
        revision: revision ?? (outcome?.kind === 'ok' ? outcome.revision : undefined),
        reads: valuesOf(operation).map((value, place) => ({
          key: reads[place] ?? '',
          modRevision: value === null ? 0 : (revisionOf(value) ?? Infinity),
          ...(value === null ? {} : { value }),
        })),
        writes: writes.map((key) => ({ key, kind: 'put', value: id })),
      },
    ];
  });
}

function inputOf(input: Operation['input']): TransactInput {
  return input as unknown as TransactInput;
}

function valuesOf({ outcome }: Operation): readonly (string | null)[] {
  if (outcome?.kind !== 'ok') return [];
  return (outcome.output as { readonly values: readonly (string | null)[] }).values;
}
