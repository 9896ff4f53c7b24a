/** Each worker's planned transfers, between accounts that are drawn at random. */
import fc, { type Arbitrary } from 'fast-check';
import type { ValuesOf } from '../../sim/scenario/define-scenario.js';
import { operation, type HistoryOf, type NodeOf, type PerformedOf } from '../../sim/scenario/operations.js';
import type { OptionSpecs } from '../../sim/plan/options.js';
import { accountNames } from './ledger.js';

/** Options of the scenario, except its variants. */
export const bankOptions = {
  accounts: {
    type: 'integer',
    default: 5,
    min: 1,
    max: 100,
    shrinks: true,
    description: 'the number of accounts',
  },
  balance: {
    type: 'integer',
    default: 100,
    min: 0,
    max: 1_000_000_000,
    shrinks: true,
    description: 'the initial balance of each account',
  },
  workers: { type: 'integer', default: 10, min: 1, max: 1000, description: 'the number of workers' },
  transfers: {
    type: 'integer',
    default: 100,
    min: 0,
    max: 100_000,
    description: 'transfers per worker',
  },
} as const satisfies OptionSpecs;

export const bankOperations = {
  transfer: operation<{ readonly from: string; readonly to: string }, { readonly amount: number }>(),
};

export type BankOptions = ValuesOf<typeof bankOptions>;
export type BankHistory = HistoryOf<typeof bankOperations>;
export type Transfer = PerformedOf<typeof bankOperations>;
type Worker = NodeOf<typeof bankOperations>;

export function planTransfers({ accounts, transfers, workers }: BankOptions): Arbitrary<readonly Worker[]> {
  const account = fc.constantFrom(...accountNames(accounts));
  const parties = fc.array(fc.record({ from: account, to: account }, { noNullPrototype: true }), {
    minLength: transfers,
    maxLength: transfers,
  });
  const drawn = Array.from({ length: workers }, (_, index) =>
    parties.map((inputs): Worker => {
      const name = `w${index + 1}`;
      const operations = inputs.map((input, place) => ({
        id: `${name}-${place + 1}`,
        name: 'transfer' as const,
        input,
      }));
      return { name, operations };
    }),
  );
  return fc.tuple(...drawn);
}

/** Transfers need their accounts. */
export function transfersCanEnd(nodes: readonly Worker[], options: BankOptions): boolean {
  const accounts = new Set(accountNames(options.accounts));
  return nodes.every(({ operations }) =>
    operations.every(({ input }) => accounts.has(input.from) && accounts.has(input.to)),
  );
}
