/** The wrong elections, each as a scenario of its own: a healthy sweep must catch them. */
import type { Scenario } from '../../sim/scenario/scenario.js';
import { election } from '../election.js';
import { specimenOf } from './specimen.js';

export const electionSpecimens: readonly Scenario[] = [
  specimenOf(
    election,
    'go',
    "Go's Election: two campaigns of one session both lead, and so does a campaign with an ended session.",
  ),
  specimenOf(election, 'etcd3', "etcd3's election(): observers see leaders that never led."),
  specimenOf(
    election,
    'naive',
    'An election that checks first and then writes: two nodes that check at the same time both lead.',
  ),
];
