/**
 * Nodes that run transactions over the same few keys: in spite of lost, resent or late requests, one order of
 * them explains all reads.
 */
import type { Scenario } from '../sim/scenario/scenario.js';
import { outcomeLines } from './outcome-lines.js';
import { openEtcd3Transactions } from './specimens/transactions/etcd3-stm.js';
import { openGoTransactions } from './specimens/transactions/go-stm.js';
import { transactionChecks } from './transactions/checks.js';
import type { OpenTransactions } from './transactions/handle.js';
import { planTransactions, transactionOptions } from './transactions/plan.js';
import { openTransactions } from './transactions/recipe.js';
import { workOnTransactions } from './transactions/work.js';
import { variantOf } from './variant-of.js';

/** The variants by name, in the order people read them. */
const variants: Readonly<Record<string, OpenTransactions>> = {
  stm: openTransactions,
  go: openGoTransactions,
  etcd3: openEtcd3Transactions,
};

export const transactions: Scenario = {
  name: 'transactions',
  description: 'Transactions over a few keys are serializable, in real-time order.',
  options: {
    ...transactionOptions,
    isolation: {
      type: 'choice',
      default: 'SerializableSnapshot',
      choices: ['SerializableSnapshot', 'Serializable', 'RepeatableReads', 'ReadCommitted'],
      description: 'the isolation level; the check demands what the first two promise',
    },
    variant: {
      type: 'choice',
      default: 'stm',
      choices: Object.keys(variants),
      description: "the implementation: our STM, Go's, or etcd3's own",
    },
  },
  nodes: planTransactions,
  restart: (operations, begun) => operations.filter((planned) => !begun.some(({ id }) => id === planned.id)),
  setup: () => Promise.resolve(),
  async run(context, operations) {
    await workOnTransactions(context, variantOf(variants, context.options), operations);
  },
  checks: () => transactionChecks,
  summarize: (history) => outcomeLines(history, ['transact']),
};
