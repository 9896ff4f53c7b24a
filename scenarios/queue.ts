/**
 * Producers and consumers of queues whose names are prefixes of one another. The first item to arrive leaves
 * first. No item is lost or handed out twice, in spite of lost, resent or abandoned requests and closed
 * handles.
 */
import type { Scenario } from '../sim/scenario/scenario.js';
import { queueChecks } from './queue/checks.js';
import type { OpenQueues } from './queue/handle.js';
import { planQueues, queueOptions, queuesCanEnd } from './queue/plan.js';
import { openQueues } from './queue/recipe.js';
import { restartQueues } from './queue/restart.js';
import { summarizeQueues } from './queue/summary.js';
import { workOnQueues } from './queue/work.js';
import { openGoQueues, openResendingGoQueues } from './specimens/queue/go-queue.js';
import { openNaiveQueues } from './specimens/queue/naive.js';
import { variantOf } from './variant-of.js';

const NAMES = ['q', 'q/1', 'q2', 'q/x'];

/** The variants by name, in the order people read them. */
const variants: Readonly<Record<string, OpenQueues>> = {
  recipe: openQueues,
  go: openGoQueues,
  'go-resend': openResendingGoQueues,
  naive: openNaiveQueues,
};

export const queue: Scenario = {
  name: 'queue',
  description: 'In several queues with similar names items leave first in, first out, each exactly once.',
  options: {
    ...queueOptions,
    variant: {
      type: 'choice',
      default: 'recipe',
      choices: Object.keys(variants),
      description:
        "the queue: our recipe, Go's, Go's over the hidden retries of etcd3, or one that deletes without comparing (wrong on purpose)",
    },
  },
  nodes: (options) => planQueues(NAMES, false, options),
  canEnd: queuesCanEnd,
  setup: () => Promise.resolve(),
  async run(context, operations) {
    await workOnQueues(context, variantOf(variants, context.options), operations);
  },
  restart: restartQueues,
  checks: (options) => queueChecks(NAMES, false, options),
  summarize: summarizeQueues,
};
