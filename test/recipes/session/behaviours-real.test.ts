import { describeOnReal } from '../behaviour.js';
import { sessionBehaviours } from './session-behaviours.js';

describeOnReal({ 'a session': sessionBehaviours });
