/**
 * Holders of leases, and nodes that read their keys. A holder learns that its lease is lost before any other
 * node can see it, and released keys are gone.
 */
import { defineScenario } from '../sim/scenario/define-scenario.js';
import { outcomeLines } from './outcome-lines.js';
import { leaseChecks } from './lease/checks.js';
import type { OpenLeases } from './lease/handle.js';
import { leaseOperations, leaseOptions, planLeases, restartLeases } from './lease/plan.js';
import { openSessions } from './lease/recipe.js';
import { workOnLeases } from './lease/work.js';
import { openEtcd3Leases } from './specimens/lease/etcd3-lease.js';
import { openNaiveLeases } from './specimens/lease/naive.js';
import { variantOption } from './variant-option.js';

/** The variants by name, in the order people read them. */
const variants = {
  session: openSessions,
  etcd3: openEtcd3Leases,
  naive: openNaiveLeases,
} satisfies Readonly<Record<string, OpenLeases>>;

export const lease = defineScenario({
  name: 'lease',
  description: 'A lease holder learns that its lease is lost before any other node can see it.',
  options: {
    ...leaseOptions,
    variant: variantOption(
      variants,
      "the lease: our session's, etcd3's own, or one that is lost only when etcd says so (wrong on purpose)",
    ),
  },
  operations: leaseOperations,
  nodes: planLeases,
  restart: restartLeases,
  async run(context, operations) {
    await workOnLeases(context, variants[context.options.variant], operations);
  },
  checks: () => leaseChecks,
  summarize: (history) => outcomeLines(history, ['grant', 'put', 'end', 'gone', 'look']),
});
