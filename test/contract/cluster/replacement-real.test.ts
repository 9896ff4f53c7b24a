/** What makes it the behaviour of etcd and not of ours. */
import { describeReal } from '../../real/available.js';
import { replaceableReal } from '../support/replaceable-real.js';
import { replacementContract } from './replacement-contract.js';

describeReal('a real cluster', () => replacementContract(replaceableReal));
