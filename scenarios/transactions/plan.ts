/** Each node's planned transactions: over few keys, so that they interact. */
import fc, { type Arbitrary } from 'fast-check';
import type { PlannedNode } from '../../sim/plan/plan.js';
import type { Json } from '../../sim/input/json.js';
import type { OptionSpecs, OptionValues } from '../../sim/plan/options.js';
import type { TransactionPlan } from './handle.js';

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
} as const satisfies OptionSpecs;

export interface TransactInput extends TransactionPlan {
  /** It begins this many milliseconds after the previous one. */
  readonly afterMs: number;
}

export function planTransactions(options: OptionValues): Arbitrary<readonly PlannedNode[]> {
  const keys = Array.from({ length: Number(options['keys']) }, (_, index) => `k${index + 1}`);
  const each = Number(options['transactions']);
  const nodes = Array.from({ length: Number(options['workers']) }, (_, index) =>
    fc.array(transaction(keys), { minLength: each, maxLength: each }).map((inputs): PlannedNode => {
      const name = `w${index + 1}`;
      const operations = inputs.map((input, place) => ({
        id: `${name}-${place + 1}`,
        name: 'transact',
        input,
      }));
      return { name, operations };
    }),
  );
  return fc.tuple(...nodes);
}

function transaction(keys: readonly string[]): Arbitrary<Json> {
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
