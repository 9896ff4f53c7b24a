/**
 * Writers and watchers of keys that are prefixes of one another: a watcher gets every event once, in order,
 * however often its connection breaks, and it finishes.
 */
import { defineScenario } from '../sim/scenario/define-scenario.js';
import { outcomeLines } from './outcome-lines.js';
import { openEtcd3Watches } from './specimens/watch/etcd3-watch.js';
import { openNaiveWatches } from './specimens/watch/naive.js';
import { watchChecks } from './watch/checks.js';
import type { OpenWatches } from './watch/handle.js';
import { everyWriterEnds, planWatches, watchOperations, watchOptions } from './watch/plan.js';
import { openResumedWatches } from './watch/recipe.js';
import { workOnWatches } from './watch/work.js';
import { variantOption } from './variant-option.js';

/** The variants by name, in the order people read them. */
const variants = {
  resumed: openResumedWatches,
  etcd3: openEtcd3Watches,
  naive: openNaiveWatches,
} satisfies Readonly<Record<string, OpenWatches>>;

export const watch = defineScenario({
  name: 'watch',
  description: 'A watch delivers every change in order and once, or reports that it has ended.',
  options: {
    ...watchOptions,
    variant: variantOption(
      variants,
      "the watch: one that resumes after the last event, etcd3's own, or one that restarts without a revision (wrong on purpose)",
    ),
  },
  operations: watchOperations,
  nodes: planWatches,
  canEnd: everyWriterEnds,
  async run(context, operations) {
    await workOnWatches(context, variants[context.options.variant], operations);
  },
  checks: () => watchChecks,
  summarize: (history) => outcomeLines(history, ['write', 'watch']),
});
