/**
 * Members of double barriers whose names are prefixes of one another, round after round. All enter together
 * and leave together, in spite of lost, resent or abandoned requests and revoked or closed sessions.
 */
import { defineScenario } from '../sim/scenario/define-scenario.js';
import { doubleBarrierChecks } from './double-barrier/checks.js';
import type { OpenDoubleBarriers } from './double-barrier/handle.js';
import {
  doubleBarrierOperations,
  doubleBarrierOptions,
  planRounds,
  roundsCanEnd,
} from './double-barrier/plan.js';
import { openDoubleBarriers } from './double-barrier/recipe.js';
import { workAtDoubleBarrier } from './double-barrier/work.js';
import { outcomeLines } from './outcome-lines.js';
import { openGoDoubleBarriers } from './specimens/barrier/go-double-barrier.js';
import { openNaiveDoubleBarriers } from './specimens/barrier/naive-double.js';
import { variantOption } from './variant-option.js';

const NAMES = ['party', 'party/waiters', 'party2'];

/** The variants by name, in the order people read them. */
const variants = {
  recipe: openDoubleBarriers,
  go: openGoDoubleBarriers,
  naive: openNaiveDoubleBarriers,
} satisfies Readonly<Record<string, OpenDoubleBarriers>>;

export const doubleBarrier = defineScenario({
  name: 'double-barrier',
  description: 'Nodes enter a double barrier together and leave it together, round after round.',
  options: {
    ...doubleBarrierOptions,
    variant: variantOption(
      variants,
      "the double barrier: our recipe, Go's, or one that only counts keys (wrong on purpose)",
    ),
  },
  operations: doubleBarrierOperations,
  nodes: (options) => planRounds(NAMES, options),
  canEnd: roundsCanEnd,
  async run(context, operations) {
    await workAtDoubleBarrier(context, variants[context.options.variant], operations);
  },
  checks: doubleBarrierChecks,
  summarize: (history) => outcomeLines(history, ['enter', 'leave', 'close']),
});
