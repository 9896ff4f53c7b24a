/** What makes it the behaviour of etcd's clusters and not of ours. */
import { describeReal } from '../../real/available.js';
import { realCluster } from '../support/cluster-target.js';
import { clusterContract } from './cluster-contract.js';

describeReal('a real cluster', () => clusterContract(realCluster));
