/** The wrong queues, each as a scenario of its own: a healthy sweep must catch them. */
import type { OptionSpec } from '../../sim/plan/options.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { priorityQueue } from '../priority-queue.js';
import { queue } from '../queue.js';
import { queueOptions } from '../queue/plan.js';

/** @param queues the default number of queues: with one, names cannot be to blame */
function specimen(scenario: Scenario, name: string, description: string, queues = 4): Scenario {
  const variant: OptionSpec = {
    type: 'choice',
    default: name,
    choices: [name],
    description: `the queue; same as scenario ${scenario.name} with variant=${name}`,
  };
  return {
    ...scenario,
    name: `${scenario.name}-${name}`,
    description,
    options: { ...scenario.options, queues: { ...queueOptions.queues, default: queues }, variant },
  };
}

export const queueSpecimens: readonly Scenario[] = [
  specimen(queue, 'go', "Go's queue: it also takes items from every queue whose name starts with its own."),
  specimen(
    queue,
    'go-resend',
    "Go's queue over the hidden retries of etcd3: a dequeue loses its item when its reply is lost.",
    1,
  ),
  specimen(queue, 'naive', 'A queue that deletes without comparing: two consumers get one item.'),
  specimen(
    priorityQueue,
    'go',
    "Go's priority queue: similar names make one queue take or overwrite the keys of another.",
  ),
  specimen(
    priorityQueue,
    'go-resend',
    "Go's priority queue over the hidden retries of etcd3: a dequeue loses its item when its reply is lost.",
    1,
  ),
  specimen(
    priorityQueue,
    'naive',
    'A priority queue that deletes without comparing: two consumers get one item.',
  ),
];
