import { describeInSimulation } from '../behaviour.js';
import { electionBehaviours } from './election-behaviours.js';

describeInSimulation({ 'an election': electionBehaviours });
