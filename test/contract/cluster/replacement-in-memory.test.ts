/** The in-memory etcd replaces a member as a real one does. */
import { replaceableInMemory } from '../support/replaceable-cluster.js';
import { replacementContract } from './replacement-contract.js';

replacementContract(replaceableInMemory);
