/**
 * `etcd-sim/register`: whatever a module takes of timers, clocks, randomness and identity when it is loaded afterwards is
 * the run's in a run, and native elsewhere. `etcd-sim/sim` does the same where it is imported first; this is for
 * `node --import etcd-sim/register` and for the set-up files of a test runner.
 */
import { Ambient } from './engine/ambient/ambient.js';

Ambient.install();
