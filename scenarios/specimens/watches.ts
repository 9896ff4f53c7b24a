/** The wrong watches, each as a scenario of its own: a healthy sweep must catch them. */
import type { Scenario } from '../../sim/scenario/scenario.js';
import { watch } from '../watch.js';
import { specimenOf } from './specimen.js';

export const watchSpecimens: readonly Scenario[] = [
  specimenOf(watch, 'etcd3', "etcd3's watch(): events may be missing after its connection broke.", 200),
  specimenOf(watch, 'naive', 'A watch that restarts without a revision: it misses the events in between.'),
];
