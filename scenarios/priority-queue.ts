/**
 * Producers and consumers of priority queues. Their names are prefixes of one another, or of the keys that
 * hold a queue's own records. The smaller number leaves first, and no item is lost or handed out twice.
 */
import { defineScenario } from '../sim/scenario/define-scenario.js';
import { queueChecks } from './queue/checks.js';
import type { OpenQueues } from './queue/handle.js';
import { planQueues, queueOperations, queueOptions, queuesCanEnd } from './queue/plan.js';
import { openPriorityQueues } from './queue/recipe.js';
import { restartQueues } from './queue/restart.js';
import { summarizeQueues } from './queue/summary.js';
import { workOnQueues } from './queue/work.js';
import { openGoPriorityQueues, openResendingGoPriorityQueues } from './specimens/queue/go-queue.js';
import { openNaivePriorityQueues } from './specimens/queue/naive.js';
import { variantOption } from './variant-option.js';

const NAMES = ['q', 'q/00005', '__q', 'q2'];

/** The variants by name, in the order people read them. */
const variants = {
  recipe: openPriorityQueues,
  go: openGoPriorityQueues,
  'go-resend': openResendingGoPriorityQueues,
  naive: openNaivePriorityQueues,
} satisfies Readonly<Record<string, OpenQueues>>;

export const priorityQueue = defineScenario({
  name: 'priority-queue',
  description:
    'In several priority queues with similar names the most urgent items leave first, each exactly once.',
  options: {
    ...queueOptions,
    variant: variantOption(
      variants,
      "the queue: our recipe, Go's, Go's over the hidden retries of etcd3, or one that deletes without comparing (wrong on purpose)",
    ),
  },
  operations: queueOperations,
  nodes: (options) => planQueues(NAMES, true, options),
  canEnd: queuesCanEnd,
  async run(context, operations) {
    await workOnQueues(context, variants[context.options.variant], operations);
  },
  restart: restartQueues,
  checks: (options) => queueChecks(NAMES, true, options),
  summarize: summarizeQueues,
});
