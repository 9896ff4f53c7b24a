/** The wrong transactions, each as a scenario of its own: a healthy sweep must catch them. */
import type { Scenario } from '../../sim/scenario/scenario.js';
import { transactions } from '../transactions.js';
import { specimenOf } from './specimen.js';

export const transactionSpecimens: readonly Scenario[] = [
  specimenOf(
    transactions,
    'etcd3',
    "etcd3's stm(): a failed transaction may have been applied, an ok one twice.",
    300,
  ),
  {
    ...transactions,
    name: 'transactions-read-committed',
    description: 'Transactions that do not compare what they read: lost updates and write skew.',
    options: {
      ...transactions.options,
      isolation: {
        type: 'choice',
        default: 'ReadCommitted',
        choices: ['ReadCommitted', 'RepeatableReads'],
        description: 'the isolation level; the check demands more than it promises',
      },
    },
  },
];
