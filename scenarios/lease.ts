/**
 * Holders of leases, and nodes that read their keys. A holder learns that its lease is lost before any other
 * node can see it, and released keys are gone.
 */
import type { Scenario } from '../sim/scenario/scenario.js';
import { outcomeLines } from './outcome-lines.js';
import { leaseChecks } from './lease/checks.js';
import type { OpenLeases } from './lease/handle.js';
import { leaseOptions, planLeases, restartLeases } from './lease/plan.js';
import { openSessions } from './lease/recipe.js';
import { workOnLeases } from './lease/work.js';
import { openEtcd3Leases } from './specimens/lease/etcd3-lease.js';
import { openNaiveLeases } from './specimens/lease/naive.js';
import { variantOf } from './variant-of.js';

/** The variants by name, in the order people read them. */
const variants: Readonly<Record<string, OpenLeases>> = {
  session: openSessions,
  etcd3: openEtcd3Leases,
  naive: openNaiveLeases,
};

export const lease: Scenario = {
  name: 'lease',
  description: 'A lease holder learns that its lease is lost before any other node can see it.',
  options: {
    ...leaseOptions,
    variant: {
      type: 'choice',
      default: 'session',
      choices: Object.keys(variants),
      description:
        "the lease: our session's, etcd3's own, or one that is lost only when etcd says so (wrong on purpose)",
    },
  },
  nodes: planLeases,
  restart: restartLeases,
  setup: () => Promise.resolve(),
  async run(context, operations) {
    await workOnLeases(context, variantOf(variants, context.options), operations);
  },
  checks: () => leaseChecks,
  summarize: (history) => outcomeLines(history, ['grant', 'put', 'end', 'gone', 'look']),
};
