import { served } from '../../contract/support/target.js';
import { frontDoor } from './behaviour.js';

frontDoor(served);
