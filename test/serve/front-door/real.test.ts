/** Shows that the behaviour is that of etcd's client port, not only of ours. */
import { real } from '../../contract/support/target.js';
import { describeReal } from '../../real/available.js';
import { frontDoor } from './behaviour.js';

describeReal('etcd itself', () => frontDoor(real));
