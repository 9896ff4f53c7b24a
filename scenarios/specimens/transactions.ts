/** The wrong transactions, each as a scenario of its own: what a sweep must catch to count as healthy. */
import type { Scenario } from '../../sim/scenario/scenario.js';
import { transactions } from '../transactions.js';
import { specimenOf } from './specimen.js';

export const transactionSpecimens: readonly Scenario[] = [
  specimenOf(
    transactions,
    'etcd3',
    "etcd3's stm(): what it says has failed may have happened, and what is ok may have happened twice.",
    300,
  ),
  {
    ...transactions,
    name: 'transactions-read-committed',
    description: 'Transactions that do not compare what they have read: updates are lost, and skewed.',
    options: {
      ...transactions.options,
      isolation: {
        type: 'choice',
        default: 'ReadCommitted',
        choices: ['ReadCommitted', 'RepeatableReads'],
        description: 'what etcd calls so; not what is checked',
      },
    },
  },
];
