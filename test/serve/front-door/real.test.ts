/** What makes it the behaviour of etcd's client port and not of ours. */
import { real } from '../../contract/support/target.js';
import { describeReal } from '../../real/available.js';
import { frontDoor } from './behaviour.js';

describeReal('etcd itself', () => frontDoor(real));
