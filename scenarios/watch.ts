/**
 * Writers and watchers of keys that are prefixes of one another: a watcher gets every event once, in order,
 * however often its connection breaks, and it finishes.
 */
import type { Scenario } from '../sim/scenario/scenario.js';
import { outcomeLines } from './outcome-lines.js';
import { openEtcd3Watches } from './specimens/watch/etcd3-watch.js';
import { openNaiveWatches } from './specimens/watch/naive.js';
import { watchChecks } from './watch/checks.js';
import type { OpenWatches } from './watch/handle.js';
import { everyWriterEnds, planWatches, watchOptions } from './watch/plan.js';
import { openResumedWatches } from './watch/recipe.js';
import { workOnWatches } from './watch/work.js';
import { variantOf } from './variant-of.js';

/** The variants by name, in the order people read them. */
const variants: Readonly<Record<string, OpenWatches>> = {
  resumed: openResumedWatches,
  etcd3: openEtcd3Watches,
  naive: openNaiveWatches,
};

export const watch: Scenario = {
  name: 'watch',
  description: 'A watch delivers every change in order and once, or reports that it has ended.',
  options: {
    ...watchOptions,
    variant: {
      type: 'choice',
      default: 'resumed',
      choices: Object.keys(variants),
      description:
        "the watch: one that resumes after the last event, etcd3's own, or one that restarts without a revision (wrong on purpose)",
    },
  },
  nodes: planWatches,
  canEnd: everyWriterEnds,
  setup: () => Promise.resolve(),
  async run(context, operations) {
    await workOnWatches(context, variantOf(variants, context.options), operations);
  },
  checks: () => watchChecks,
  summarize: (history) => outcomeLines(history, ['write', 'watch']),
};
