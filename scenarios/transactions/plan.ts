/** Each node's planned transactions: over few keys, so that they interact. */
import fc, { type Arbitrary } from 'fast-check';
import type { OptionSpecs } from '../../sim/plan/options.js';
import type { NodeContextOf, ValuesOf } from '../../sim/scenario/define-scenario.js';
import { operation, type HistoryOf, type NodeOf, type PlannedOf } from '../../sim/scenario/operations.js';
import type { Transacted, TransactionPlan } from './handle.js';

export const transactionOptions = {
  keys: { type: 'integer', default: 3, min: 1, max: 20, description: 'the number of keys' },
  workers: {
    type: 'integer',
    default: 4,
    min: 1,
    max: 100,
    description: 'the number of nodes that run transactions',
  },
  transactions: {
    type: 'integer',
    default: 8,
    min: 0,
    max: 10_000,
    description: 'transactions per node',
  },
  lanes: {
    type: 'integer',
    default: 2,
    min: 1,
    max: 10,
    shrinks: true,
    description: 'concurrent transactions per node, on the same handle',
  },
  isolation: {
    type: 'choice',
    default: 'SerializableSnapshot',
    choices: ['SerializableSnapshot', 'Serializable', 'RepeatableReads', 'ReadCommitted'],
    description: 'the isolation level; the check demands what the first two promise',
  },
} as const satisfies OptionSpecs;

export interface TransactInput extends TransactionPlan {
  /** It begins this many milliseconds after the previous one. */
  readonly afterMs: number;
}

export const transactionOperations = {
  transact: operation<TransactInput, Pick<Transacted, 'values'>>(),
};

type Node = NodeOf<typeof transactionOperations>;
export type TransactionsContext = NodeContextOf<typeof transactionOptions, typeof transactionOperations>;
export type PlannedTransaction = PlannedOf<typeof transactionOperations>;
export type TransactionHistory = HistoryOf<typeof transactionOperations>;

export function planTransactions(options: ValuesOf<typeof transactionOptions>): Arbitrary<readonly Node[]> {
  const keys = Array.from({ length: options.keys }, (_, index) => `k${index + 1}`);
  const each = options.transactions;
  const nodes = Array.from({ length: options.workers }, (_, index) =>
    fc.array(transaction(keys), { minLength: each, maxLength: each }).map((inputs): Node => {
      const name = `w${index + 1}`;
      const operations = inputs.map((input, place) => ({
        id: `${name}-${place + 1}`,
        name: 'transact' as const,
        input,
      }));
      return { name, operations };
    }),
  );
  return fc.tuple(...nodes);
}

function transaction(keys: readonly string[]): Arbitrary<TransactInput> {
  const some = (minLength: number) =>
    fc.shuffledSubarray([...keys], { minLength, maxLength: Math.min(3, keys.length) });
  const shapes = fc.oneof(
    // Each writes the keys that it has read, or others: lost updates and skews are then possible.
    { weight: 4, arbitrary: fc.record({ reads: some(1), writes: some(1) }) },
    { weight: 1, arbitrary: fc.record({ reads: some(1), writes: fc.constant([]) }) },
    { weight: 1, arbitrary: fc.record({ reads: fc.constant([]), writes: some(1) }) },
  );
  return fc
    .tuple(shapes, fc.nat(20), fc.oneof(fc.constant(0), fc.nat(10)))
    .map(([{ reads, writes }, afterMs, pauseMs]) => ({ reads, writes, afterMs, pauseMs }));
}
