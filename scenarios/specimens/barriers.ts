/** The wrong barriers, each as a scenario of its own: a healthy sweep must catch them. */
import type { Scenario } from '../../sim/scenario/scenario.js';
import { barrier } from '../barrier.js';
import { doubleBarrier } from '../double-barrier.js';
import { specimenOf } from './specimen.js';

export const barrierSpecimens: readonly Scenario[] = [
  specimenOf(barrier, 'go', "Go's Barrier: a waiter passes when a compaction cancels its watch.", 1000),
  specimenOf(
    barrier,
    'naive',
    'A barrier that watches from now: it misses a release before the watch starts.',
  ),
  specimenOf(
    doubleBarrier,
    'go',
    "Go's DoubleBarrier: a fast node that enters again blocks a slow one from leaving forever.",
  ),
  specimenOf(doubleBarrier, 'naive', 'A double barrier that only counts keys: nodes leave one by one.'),
];
