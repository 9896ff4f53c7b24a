/** The contract, kept by the real etcd, which makes it etcd's contract and not ours. */
import { describeReal } from '../real/available.js';
import { contract } from './contract.js';
import { real } from './support/target.js';

describeReal('etcd itself', () => contract(real));
