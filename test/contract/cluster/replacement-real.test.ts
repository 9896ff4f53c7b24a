/** Shows that the behaviour is that of etcd, not only of ours. */
import { describeReal } from '../../real/available.js';
import { replaceableReal } from '../support/replaceable-real.js';
import { replacementContract } from './replacement-contract.js';

describeReal('a real cluster', () => replacementContract(replaceableReal));
