import { describeOnReal } from '../behaviour.js';
import { queueBehaviours } from './queue-behaviours.js';
import { priorityQueueBehaviours } from './priority-queue-behaviours.js';

describeOnReal({ 'a queue': queueBehaviours, 'a priority queue': priorityQueueBehaviours });
