/**
 * The bank of etcd's classic example for software transactional memory: workers move half of one account's balance
 * to another, both drawn at random, and the sum must never change.
 */
import { defineScenario } from '../sim/scenario/define-scenario.js';
import type { SummaryLine } from '../sim/scenario/scenario.js';
import { bankChecks } from './bank/checks.js';
import { ACCOUNTS, accountNames, readLedger } from './bank/ledger.js';
import {
  bankOperations,
  bankOptions,
  planTransfers,
  transfersCanEnd,
  type BankHistory,
  type BankOptions,
} from './bank/plan.js';
import { variants } from './bank/variants.js';
import { variantOption } from './variant-option.js';

export const bank = defineScenario({
  name: 'bank',
  description: 'Workers move money between random accounts; the sum of all balances never changes.',
  options: {
    ...bankOptions,
    variant: variantOption(
      variants,
      "how to transfer: our STM, a plain transaction, etcd3's own STM, or no comparison (wrong on purpose)",
    ),
  },
  operations: bankOperations,
  nodes: planTransfers,
  canEnd: transfersCanEnd,

  async setup({ client, prefix, options }) {
    const keys = accountNames(options.accounts).map((name) => prefix + ACCOUNTS + name);
    await client
      .if(keys[0] ?? prefix, 'Version', '==', 0)
      .then(...keys.map((key) => client.put(key).value(options.balance)))
      .commit();
  },

  async run(context, operations) {
    const teller = variants[context.options.variant](context);
    for (const operation of operations) {
      const { from, to } = operation.input;
      const transfer = async () => {
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
});

function summarize(history: BankHistory, options: BankOptions): SummaryLine[] {
  const balances = readLedger(history)?.balances;
  const lines = accountNames(options.accounts).map((label) => ({
    label,
    value: String(balances?.get(label) ?? 'unknown'),
  }));
  let sum = 0;
  for (const balance of balances?.values() ?? []) sum += balance;
  const count = { committed: 0, 'moved nothing': 0, failed: 0, indefinite: 0 };
  for (const operation of history.operations) {
    const { from, to } = operation.input;
    const kind = operation.outcome?.kind ?? 'indefinite';
    count[kind !== 'ok' ? kind : from === to ? 'moved nothing' : 'committed'] += 1;
  }
  return [
    ...lines,
    { label: 'sum', value: balances === undefined ? 'unknown' : String(sum) },
    ...Object.entries(count).map(([label, value]) => ({ label, value: String(value) })),
  ];
}
