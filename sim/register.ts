/**
 * `etcd-sim/register`: a module that is loaded afterwards takes timers, clocks, randomness and identity that
 * belong to the run in a run, and are native elsewhere. `etcd-sim/sim` does the same if it is imported first.
 * This entry is for `node --import etcd-sim/register` and for the set-up files of a test runner.
 */
import { Ambient } from './engine/ambient/ambient.js';

Ambient.install();
