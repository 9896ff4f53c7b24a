/** Shows that the behaviour is that of etcd's clusters, not only of ours. */
import { describeReal } from '../../real/available.js';
import { realCluster } from '../support/cluster-target.js';
import { clusterContract } from './cluster-contract.js';

describeReal('a real cluster', () => clusterContract(realCluster));
