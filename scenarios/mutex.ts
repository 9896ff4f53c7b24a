/**
 * Users of locks whose names are prefixes of one another, round after round. At most one holds a lock, in
 * spite of lost, resent or abandoned requests and revoked or closed sessions.
 */
import { defineScenario } from '../sim/scenario/define-scenario.js';
import { lockChecks } from './lock/checks.js';
import type { OpenLocker } from './lock/handle.js';
import { lockOperations, lockOptions, planRounds } from './lock/plan.js';
import { openMutexes } from './lock/recipe.js';
import { summarizeLocks } from './lock/summary.js';
import { LOCK_MARKS, workOnLocks } from './lock/work.js';
import { openEtcd3Locks } from './specimens/lock/etcd3-lock.js';
import { openGo34Mutexes, openGoMutexes } from './specimens/lock/go-mutex.js';
import { openNaiveLocks } from './specimens/lock/naive.js';
import { variantOption } from './variant-option.js';

const NAMES = ['lock', 'lock/a', 'lock2'];

/** The variants by name, in the order people read them. */
const variants = {
  recipe: openMutexes,
  go: openGoMutexes,
  'go-3.4': openGo34Mutexes,
  etcd3: openEtcd3Locks,
  naive: openNaiveLocks,
} satisfies Readonly<Record<string, OpenLocker>>;

export const mutex = defineScenario({
  name: 'mutex',
  description:
    'Each of several locks with similar names has at most one holder; a holder that loses its lock learns it.',
  options: {
    ...lockOptions,
    variant: variantOption(
      variants,
      "the lock: our recipe, Go's, the one Go had in etcd 3.4, etcd3's own, or one that checks first and then writes (wrong on purpose)",
    ),
  },
  operations: lockOperations,
  nodes: (options) => planRounds(NAMES, ['write'], options),
  async run(context, operations) {
    await workOnLocks(context, variants[context.options.variant], operations);
  },
  marks: LOCK_MARKS,
  checks: () => lockChecks,
  summarize: summarizeLocks,
});
