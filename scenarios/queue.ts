/**
 * Producers and consumers of queues whose names are prefixes of one another. The first item to arrive leaves
 * first. No item is lost or handed out twice, in spite of lost, resent or abandoned requests and closed
 * handles.
 */
import { defineScenario } from '../sim/scenario/define-scenario.js';
import { queueChecks } from './queue/checks.js';
import type { OpenQueues } from './queue/handle.js';
import { planQueues, queueOperations, queueOptions, queuesCanEnd } from './queue/plan.js';
import { openQueues } from './queue/recipe.js';
import { restartQueues } from './queue/restart.js';
import { summarizeQueues } from './queue/summary.js';
import { workOnQueues } from './queue/work.js';
import { openGoQueues, openResendingGoQueues } from './specimens/queue/go-queue.js';
import { openNaiveQueues } from './specimens/queue/naive.js';
import { variantOption } from './variant-option.js';

const NAMES = ['q', 'q/1', 'q2', 'q/x'];

/** The variants by name, in the order people read them. */
const variants = {
  recipe: openQueues,
  go: openGoQueues,
  'go-resend': openResendingGoQueues,
  naive: openNaiveQueues,
} satisfies Readonly<Record<string, OpenQueues>>;

export const queue = defineScenario({
  name: 'queue',
  description: 'In several queues with similar names items leave first in, first out, each exactly once.',
  options: {
    ...queueOptions,
    variant: variantOption(
      variants,
      "the queue: our recipe, Go's, Go's over the hidden retries of etcd3, or one that deletes without comparing (wrong on purpose)",
    ),
  },
  operations: queueOperations,
  nodes: (options) => planQueues(NAMES, false, options),
  canEnd: queuesCanEnd,
  async run(context, operations) {
    await workOnQueues(context, variants[context.options.variant], operations);
  },
  restart: restartQueues,
  checks: (options) => queueChecks(NAMES, false, options),
  summarize: summarizeQueues,
});
