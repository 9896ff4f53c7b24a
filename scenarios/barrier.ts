/**
 * Holders of barriers whose names are prefixes of one another, and nodes that wait at them. No node passes
 * before the release, and every node passes after it, in spite of lost, resent, compacted or abandoned
 * requests.
 */
import { defineScenario } from '../sim/scenario/define-scenario.js';
import { barrierChecks } from './barrier/checks.js';
import type { OpenBarriers } from './barrier/handle.js';
import { barrierOperations, barrierOptions, barriersCanEnd, planBarriers } from './barrier/plan.js';
import { openBarriers } from './barrier/recipe.js';
import { workAtBarriers } from './barrier/work.js';
import { outcomeLines } from './outcome-lines.js';
import { openGoBarriers } from './specimens/barrier/go-barrier.js';
import { openNaiveBarriers } from './specimens/barrier/naive.js';
import { variantOption } from './variant-option.js';

const NAMES = ['gate', 'gate/a', 'gate2'];

/** The variants by name, in the order people read them. */
const variants = {
  recipe: openBarriers,
  go: openGoBarriers,
  naive: openNaiveBarriers,
} satisfies Readonly<Record<string, OpenBarriers>>;

export const barrier = defineScenario({
  name: 'barrier',
  description: 'No node passes a held barrier; every waiter passes once it is released.',
  options: {
    ...barrierOptions,
    variant: variantOption(
      variants,
      "the barrier: our recipe, Go's, or one that watches from now instead of from the revision it read (wrong on purpose)",
    ),
  },
  operations: barrierOperations,
  nodes: (options) => planBarriers(NAMES, options),
  canEnd: barriersCanEnd,
  async run(context, operations) {
    await workAtBarriers(context, variants[context.options.variant], operations);
  },
  checks: () => barrierChecks,
  summarize: (history) => outcomeLines(history, ['hold', 'release', 'wait']),
});
