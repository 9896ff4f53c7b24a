/** The contract, kept by the in-memory etcd as `sim serve` and `serveEtcd` serve it. */
import { contract } from './contract.js';
import { served } from './support/target.js';

contract(served);
