/**
 * The bank of etcd's classic example for software transactional memory: workers move half of one account's balance
 * to another, both drawn at random, and the sum must never change.
 */
import fc from 'fast-check';
import type { PlannedNode } from '../sim/plan/plan.js';
import type { History } from '../sim/history/history.js';
import type { Json } from '../sim/input/json.js';
import type { OptionValues } from '../sim/plan/options.js';
import type { ObserverContext, OperationResult, Scenario, SummaryLine } from '../sim/scenario/scenario.js';
import { bankChecks, partiesOf } from './bank/checks.js';
import { ACCOUNTS, accountNames, readLedger } from './bank/ledger.js';
import { variants } from './bank/variants.js';
import { variantOf } from './variant-of.js';

export const bank: Scenario = {
  name: 'bank',
  description: 'Workers move money between random accounts; the sum of all balances never changes.',
  options: {
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
    variant: {
      type: 'choice',
      default: 'stm',
      choices: Object.keys(variants),
      description:
        "how to transfer: our STM, a plain transaction, etcd3's own STM, or no comparison (wrong on purpose)",
    },
  },

  nodes(options) {
    const accounts = accountNames(Number(options['accounts']));
    const count = Number(options['transfers']);
    const account = fc.constantFrom(...accounts);
    const parties = fc.array(fc.record({ from: account, to: account }, { noNullPrototype: true }), {
      minLength: count,
      maxLength: count,
    });
    const workers = Array.from({ length: Number(options['workers']) }, (_, index) =>
      parties.map((inputs) => worker(`w${index + 1}`, inputs)),
    );
    return fc.tuple(...workers);
  },

  canEnd(nodes, options) {
    const accounts = new Set<unknown>(accountNames(Number(options['accounts'])));
    return nodes.every(({ operations }) =>
      operations.every(({ input }) =>
        Object.values(input as object).every((account) => accounts.has(account)),
      ),
    );
  },

  async setup({ client, prefix, options }: ObserverContext) {
    const keys = accountNames(Number(options['accounts'])).map((name) => prefix + ACCOUNTS + name);
    const balance = Number(options['balance']);
    await client
      .if(keys[0] ?? prefix, 'Version', '==', 0)
      .then(...keys.map((key) => client.put(key).value(balance)))
      .commit();
  },

  async run(context, operations) {
    const teller = variantOf(variants, context.options)(context);
    for (const operation of operations) {
      const { from, to } = operation.input as { readonly from: string; readonly to: string };
      const transfer = async (): Promise<OperationResult> => {
        if (from === to) return { output: { amount: 0 } };
        const { amount, revision } = await teller.transfer({ id: operation.id, from, to });
        return { output: { amount }, ...(revision === undefined ? {} : { revision }) };
      };
      await context.perform(operation, transfer, { isOneCall: true });
    }
    await teller.close();
  },

  restart: (operations, begun) => {
    const ids = new Set(begun.map(({ id }) => id));
    return operations.filter(({ id }) => !ids.has(id));
  },
  checks: bankChecks,
  summarize,
};

function worker(name: string, inputs: readonly Json[]): PlannedNode {
  const operations = inputs.map((input, index) => ({ id: `${name}-${index + 1}`, name: 'transfer', input }));
  return { name, operations };
}

function summarize(history: History, options: OptionValues): SummaryLine[] {
  const balances = readLedger(history)?.balances;
  const lines = accountNames(Number(options['accounts'])).map((label) => ({
    label,
    value: String(balances?.get(label) ?? 'unknown'),
  }));
  let sum = 0;
  for (const balance of balances?.values() ?? []) sum += balance;
  const count = { committed: 0, 'moved nothing': 0, failed: 0, indefinite: 0 };
  for (const operation of history.operations) {
    const { from, to } = partiesOf(operation);
    const kind = operation.outcome?.kind ?? 'indefinite';
    count[kind !== 'ok' ? kind : from === to ? 'moved nothing' : 'committed'] += 1;
  }
  return [
    ...lines,
    { label: 'sum', value: balances === undefined ? 'unknown' : String(sum) },
    ...Object.entries(count).map(([label, value]) => ({ label, value: String(value) })),
  ];
}
