/** The wrong barriers, each as a scenario of its own: what a sweep must catch to count as healthy. */
import type { Scenario } from '../../sim/scenario/scenario.js';
import { barrier } from '../barrier.js';
import { doubleBarrier } from '../double-barrier.js';
import { specimenOf } from './specimen.js';

export const barrierSpecimens: readonly Scenario[] = [
  specimenOf(barrier, 'go', "Go's Barrier: who waits passes when a compaction cancels the watch.", 1000),
  specimenOf(barrier, 'naive', 'A barrier that watches from now on: a release in between goes by.'),
  specimenOf(
    doubleBarrier,
    'go',
    "Go's DoubleBarrier: a fast one that enters again keeps a slow one from leaving for ever.",
  ),
  specimenOf(doubleBarrier, 'naive', 'A double barrier that only counts keys: who leaves leaves alone.'),
];
