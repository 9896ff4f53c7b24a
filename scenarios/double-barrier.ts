/**
 * Members of double barriers whose names are prefixes of one another, round after round. All enter together
 * and leave together, in spite of lost, resent or abandoned requests and revoked or closed sessions.
 */
import type { Scenario } from '../sim/scenario/scenario.js';
import { doubleBarrierChecks } from './double-barrier/checks.js';
import type { OpenDoubleBarriers } from './double-barrier/handle.js';
import { doubleBarrierOptions, planRounds, roundsCanEnd } from './double-barrier/plan.js';
import { openDoubleBarriers } from './double-barrier/recipe.js';
import { workAtDoubleBarrier } from './double-barrier/work.js';
import { outcomeLines } from './outcome-lines.js';
import { openGoDoubleBarriers } from './specimens/barrier/go-double-barrier.js';
import { openNaiveDoubleBarriers } from './specimens/barrier/naive-double.js';
import { variantOf } from './variant-of.js';

const NAMES = ['party', 'party/waiters', 'party2'];

/** The variants by name, in the order people read them. */
const variants: Readonly<Record<string, OpenDoubleBarriers>> = {
  recipe: openDoubleBarriers,
  go: openGoDoubleBarriers,
  naive: openNaiveDoubleBarriers,
};

export const doubleBarrier: Scenario = {
  name: 'double-barrier',
  description: 'Nodes enter a double barrier together and leave it together, round after round.',
  options: {
    ...doubleBarrierOptions,
    variant: {
      type: 'choice',
      default: 'recipe',
      choices: Object.keys(variants),
      description: "the double barrier: our recipe, Go's, or one that only counts keys (wrong on purpose)",
    },
  },
  nodes: (options) => planRounds(NAMES, options),
  canEnd: roundsCanEnd,
  setup: () => Promise.resolve(),
  async run(context, operations) {
    await workAtDoubleBarrier(context, variantOf(variants, context.options), operations);
  },
  checks: doubleBarrierChecks,
  summarize: (history) => outcomeLines(history, ['enter', 'leave', 'close']),
};
