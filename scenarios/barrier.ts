/**
 * Holders of barriers whose names are prefixes of one another, and nodes that wait at them. No node passes
 * before the release, and every node passes after it, in spite of lost, resent, compacted or abandoned
 * requests.
 */
import type { Scenario } from '../sim/scenario/scenario.js';
import { barrierChecks } from './barrier/checks.js';
import type { OpenBarriers } from './barrier/handle.js';
import { barrierOptions, barriersCanEnd, planBarriers } from './barrier/plan.js';
import { openBarriers } from './barrier/recipe.js';
import { workAtBarriers } from './barrier/work.js';
import { outcomeLines } from './outcome-lines.js';
import { openGoBarriers } from './specimens/barrier/go-barrier.js';
import { openNaiveBarriers } from './specimens/barrier/naive.js';
import { variantOf } from './variant-of.js';

const NAMES = ['gate', 'gate/a', 'gate2'];

/** The variants by name, in the order people read them. */
const variants: Readonly<Record<string, OpenBarriers>> = {
  recipe: openBarriers,
  go: openGoBarriers,
  naive: openNaiveBarriers,
};

export const barrier: Scenario = {
  name: 'barrier',
  description: 'No node passes a held barrier; every waiter passes once it is released.',
  options: {
    ...barrierOptions,
    variant: {
      type: 'choice',
      default: 'recipe',
      choices: Object.keys(variants),
      description:
        "the barrier: our recipe, Go's, or one that watches from now instead of from the revision it read (wrong on purpose)",
    },
  },
  nodes: (options) => planBarriers(NAMES, options),
  canEnd: barriersCanEnd,
  setup: () => Promise.resolve(),
  async run(context, operations) {
    await workAtBarriers(context, variantOf(variants, context.options), operations);
  },
  checks: () => barrierChecks,
  summarize: (history) => outcomeLines(history, ['hold', 'release', 'wait']),
};
