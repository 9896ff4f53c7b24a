import { describeOnReal } from '../behaviour.js';
import { electionBehaviours } from './election-behaviours.js';

describeOnReal({ 'an election': electionBehaviours });
