/** The wrong watches, each as a scenario of its own: what a sweep must catch to count as healthy. */
import type { Scenario } from '../../sim/scenario/scenario.js';
import { watch } from '../watch.js';
import { specimenOf } from './specimen.js';

export const watchSpecimens: readonly Scenario[] = [
  specimenOf(
    watch,
    'etcd3',
    "etcd3's watch(): what had not come yet when its connection broke may never come.",
    200,
  ),
  specimenOf(watch, 'naive', 'A watch that begins anew with whatever comes: what came in between is lost.'),
];
