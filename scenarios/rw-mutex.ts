/**
 * Readers and writers of locks whose names are prefixes of one another, round after round. A writer holds a
 * lock alone, in spite of lost, resent or abandoned requests and revoked or closed sessions.
 */
import type { Scenario } from '../sim/scenario/scenario.js';
import { lockChecks } from './lock/checks.js';
import type { OpenLocker } from './lock/handle.js';
import { lockOptions, planRounds } from './lock/plan.js';
import { openRWMutexes } from './lock/recipe.js';
import { summarizeLocks } from './lock/summary.js';
import { LOCK_MARKS, workOnLocks } from './lock/work.js';
import { openGoRWMutexes } from './specimens/lock/go-rw-mutex.js';
import { variantOf } from './variant-of.js';

const NAMES = ['rw', 'rw/read', 'rw2'];

/** The variants by name, in the order people read them. */
const variants: Readonly<Record<string, OpenLocker>> = { recipe: openRWMutexes, go: openGoRWMutexes };

export const rwMutex: Scenario = {
  name: 'rw-mutex',
  description: 'Each of several locks with similar names has many readers or one writer.',
  options: {
    ...lockOptions,
    variant: {
      type: 'choice',
      default: 'recipe',
      choices: Object.keys(variants),
      description: "the lock: our recipe, or Go's",
    },
  },
  nodes: (options) => planRounds(NAMES, ['write', 'read'], options),
  setup: () => Promise.resolve(),
  async run(context, operations) {
    await workOnLocks(context, variantOf(variants, context.options), operations);
  },
  marks: LOCK_MARKS,
  checks: () => lockChecks,
  summarize: summarizeLocks,
};
