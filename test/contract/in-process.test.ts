/** The contract, kept by the in-memory etcd that simulations run on. */
import { contract } from './contract.js';
import { inProcess } from './support/target.js';

contract(inProcess);
