/** The rules of transactions, over etcd's log and over their reads. */
import type { Check, Finding } from '../../sim/check/check.js';
import { checks, type Performed } from '../../sim/check/ready/index.js';
import type { TransactInput, TransactionHistory } from './plan.js';

/** Keys of transactions; every other key under the prefix is the recipe's own. */
const KEY = /^k\d+$/;

export const transactionChecks: readonly Check<TransactionHistory>[] = [
  {
    name: 'once',
    description: 'An ok transaction is in the log once, whole, at the reported revision; a failed one never.',
    check: (history) => writtenOnce(history) ?? { verdict: 'satisfied' },
  },
  checks.strictSerializable({
    name: 'strictly-serializable',
    transaction: 'transact',
    keys: (key) => KEY.test(key),
    reads: ({ input, output }: Transaction) =>
      input.reads.map((key, place) => ({ key, value: output.values[place] ?? null })),
    writes: ({ id, input }: Transaction) => input.writes.map((key) => ({ key, value: id })),
  }),
];

type Transaction = Performed<TransactInput, { readonly values: readonly (string | null)[] }>;

interface Write {
  readonly revision: number;
  readonly keys: readonly string[];
}

/** By transaction: every revision that wrote its value. */
function writesOf({ log }: TransactionHistory): ReadonlyMap<string, readonly Write[]> {
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

function writtenOnce(history: TransactionHistory): Finding | undefined {
  const written = writesOf(history);
  for (const { id, input, outcome } of history.operations) {
    const [write, ...others] = written.get(id) ?? [];
    const planned = [...input.writes].sort();
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
      return problem(`was reported failed (${outcome.error.message}), but is in the log`);
    }
    if (outcome?.kind !== 'ok' || planned.length === 0) continue;
    if (write === undefined) return problem('was reported ok, but is not in the log');
    if (outcome.revision !== undefined && outcome.revision !== write.revision) {
      return problem(
        `was reported ok at revision ${outcome.revision}, but is in the log at ${write.revision}`,
      );
    }
  }
  return undefined;
}
