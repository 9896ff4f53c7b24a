import { inMemoryCluster } from '../support/cluster-target.js';
import { clusterContract } from './cluster-contract.js';

clusterContract(inMemoryCluster);
