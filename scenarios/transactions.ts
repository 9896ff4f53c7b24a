/**
 * Nodes that run transactions over the same few keys: in spite of lost, resent or late requests, one order of
 * them explains all reads.
 */
import { defineScenario } from '../sim/scenario/define-scenario.js';
import { outcomeLines } from './outcome-lines.js';
import { openEtcd3Transactions } from './specimens/transactions/etcd3-stm.js';
import { openGoTransactions } from './specimens/transactions/go-stm.js';
import { transactionChecks } from './transactions/checks.js';
import type { OpenTransactions } from './transactions/handle.js';
import { planTransactions, transactionOperations, transactionOptions } from './transactions/plan.js';
import { openTransactions } from './transactions/recipe.js';
import { workOnTransactions } from './transactions/work.js';
import { variantOption } from './variant-option.js';

/** The variants by name, in the order people read them. */
const variants = {
  stm: openTransactions,
  go: openGoTransactions,
  etcd3: openEtcd3Transactions,
} satisfies Readonly<Record<string, OpenTransactions>>;

export const transactions = defineScenario({
  name: 'transactions',
  description: 'Transactions over a few keys are serializable, in real-time order.',
  options: {
    ...transactionOptions,
    variant: variantOption(variants, "the implementation: our STM, Go's, or etcd3's own"),
  },
  operations: transactionOperations,
  nodes: planTransactions,
  restart: (operations, begun) => operations.filter((planned) => !begun.some(({ id }) => id === planned.id)),
  async run(context, operations) {
    await workOnTransactions(context, variants[context.options.variant], operations);
  },
  checks: () => transactionChecks,
  summarize: (history) => outcomeLines(history, ['transact']),
});
