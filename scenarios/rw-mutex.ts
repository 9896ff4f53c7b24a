/**
 * Readers and writers of locks whose names are prefixes of one another, round after round. A writer holds a
 * lock alone, in spite of lost, resent or abandoned requests and revoked or closed sessions.
 */
import { defineScenario } from '../sim/scenario/define-scenario.js';
import { lockChecks } from './lock/checks.js';
import type { OpenLocker } from './lock/handle.js';
import { lockOperations, lockOptions, planRounds } from './lock/plan.js';
import { openRWMutexes } from './lock/recipe.js';
import { summarizeLocks } from './lock/summary.js';
import { LOCK_MARKS, workOnLocks } from './lock/work.js';
import { openGoRWMutexes } from './specimens/lock/go-rw-mutex.js';
import { variantOption } from './variant-option.js';

const NAMES = ['rw', 'rw/read', 'rw2'];

/** The variants by name, in the order people read them. */
const variants = { recipe: openRWMutexes, go: openGoRWMutexes } satisfies Readonly<
  Record<string, OpenLocker>
>;

export const rwMutex = defineScenario({
  name: 'rw-mutex',
  description: 'Each of several locks with similar names has many readers or one writer.',
  options: {
    ...lockOptions,
    variant: variantOption(variants, "the lock: our recipe, or Go's"),
  },
  operations: lockOperations,
  nodes: (options) => planRounds(NAMES, ['write', 'read'], options),
  async run(context, operations) {
    await workOnLocks(context, variants[context.options.variant], operations);
  },
  marks: LOCK_MARKS,
  checks: () => lockChecks,
  summarize: summarizeLocks,
});
