/**
 * Candidates and observers of elections whose names are prefixes of one another, round after round. At most
 * one leads, and every node gets correct answers, in spite of lost, resent or abandoned requests and revoked
 * or closed sessions.
 */
import { defineScenario } from '../sim/scenario/define-scenario.js';
import { electionChecks } from './election/checks.js';
import type { OpenElector } from './election/handle.js';
import { electionOperations, electionOptions, planElections } from './election/plan.js';
import { openElections } from './election/recipe.js';
import { workOnElections } from './election/work.js';
import { outcomeLines } from './outcome-lines.js';
import { openEtcd3Elections } from './specimens/election/etcd3-election.js';
import { openGoElections } from './specimens/election/go-election.js';
import { openNaiveElections } from './specimens/election/naive.js';
import { variantOption } from './variant-option.js';

const NAMES = ['lead', 'lead/a', 'lead2'];

/** The variants by name, in the order people read them. */
const variants = {
  recipe: openElections,
  go: openGoElections,
  etcd3: openEtcd3Elections,
  naive: openNaiveElections,
} satisfies Readonly<Record<string, OpenElector>>;

export const election = defineScenario({
  name: 'election',
  description:
    'Each of several elections with similar names has at most one leader; leaders and observers see the truth.',
  options: {
    ...electionOptions,
    variant: variantOption(
      variants,
      "the election: our recipe, Go's, etcd3's own, or one that checks first and then writes (wrong on purpose)",
    ),
  },
  operations: electionOperations,
  nodes: (options) => planElections(NAMES, options),
  async run(context, operations) {
    await workOnElections(context, variants[context.options.variant], operations);
  },
  checks: () => electionChecks(NAMES),
  summarize: (history) => outcomeLines(history, ['campaign', 'proclaim', 'resign', 'leader', 'observe']),
});
