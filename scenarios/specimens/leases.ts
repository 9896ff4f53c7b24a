/** The wrong leases, each as a scenario of its own: a healthy sweep must catch them. */
import type { Scenario } from '../../sim/scenario/scenario.js';
import { lease } from '../lease.js';
import { specimenOf } from './specimen.js';

export const leaseSpecimens: readonly Scenario[] = [
  specimenOf(
    lease,
    'etcd3',
    "etcd3's lease(): it reports its loss long after its keys are gone, or twice.",
    200,
  ),
  specimenOf(
    lease,
    'naive',
    'A lease that is lost only when etcd says so: a node that is cut off never learns it.',
    1000,
  ),
];
