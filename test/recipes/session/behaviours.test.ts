import { describeInSimulation } from '../behaviour.js';
import { sessionBehaviours } from './session-behaviours.js';

describeInSimulation({ 'a session': sessionBehaviours });
