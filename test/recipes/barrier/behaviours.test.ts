import { describeInSimulation } from '../behaviour.js';
import { barrierBehaviours } from './barrier-behaviours.js';
import { doubleBarrierBehaviours } from './double-barrier-behaviours.js';

describeInSimulation({ 'a barrier': barrierBehaviours, 'a double barrier': doubleBarrierBehaviours });
