import { describeInSimulation } from '../behaviour.js';
import { mutexBehaviours } from './mutex-behaviours.js';
import { rwMutexBehaviours } from './rw-mutex-behaviours.js';

describeInSimulation({ 'a mutex': mutexBehaviours, 'a lock for readers and writers': rwMutexBehaviours });
