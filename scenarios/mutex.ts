/**
 * Users of locks whose names are prefixes of one another, round after round. At most one holds a lock, in
 * spite of lost, resent or abandoned requests and revoked or closed sessions.
 */
import type { Scenario } from '../sim/scenario/scenario.js';
import { lockChecks } from './lock/checks.js';
import type { OpenLocker } from './lock/handle.js';
import { lockOptions, planRounds } from './lock/plan.js';
import { openMutexes } from './lock/recipe.js';
import { summarizeLocks } from './lock/summary.js';
import { LOCK_MARKS, workOnLocks } from './lock/work.js';
import { openEtcd3Locks } from './specimens/lock/etcd3-lock.js';
import { openGo34Mutexes, openGoMutexes } from './specimens/lock/go-mutex.js';
import { openNaiveLocks } from './specimens/lock/naive.js';
import { variantOf } from './variant-of.js';

const NAMES = ['lock', 'lock/a', 'lock2'];

/** The variants by name, in the order people read them. */
const variants: Readonly<Record<string, OpenLocker>> = {
  recipe: openMutexes,
  go: openGoMutexes,
  'go-3.4': openGo34Mutexes,
  etcd3: openEtcd3Locks,
  naive: openNaiveLocks,
};

export const mutex: Scenario = {
  name: 'mutex',
  description:
    'Each of several locks with similar names has at most one holder; a holder that loses its lock learns it.',
  options: {
    ...lockOptions,
    variant: {
      type: 'choice',
      default: 'recipe',
      choices: Object.keys(variants),
      description:
        "the lock: our recipe, Go's, the one Go had in etcd 3.4, etcd3's own, or one that checks first and then writes (wrong on purpose)",
    },
  },
  nodes: (options) => planRounds(NAMES, ['write'], options),
  setup: () => Promise.resolve(),
  async run(context, operations) {
    await workOnLocks(context, variantOf(variants, context.options), operations);
  },
  marks: LOCK_MARKS,
  checks: () => lockChecks,
  summarize: summarizeLocks,
};
