/** The wrong locks, each as a scenario of its own: a healthy sweep must catch them. */
import type { Scenario } from '../../sim/scenario/scenario.js';
import { mutex } from '../mutex.js';
import { rwMutex } from '../rw-mutex.js';
import { specimenOf } from './specimen.js';

export const lockSpecimens: readonly Scenario[] = [
  specimenOf(mutex, 'go', "Go's Mutex: two calls under one session both get the lock."),
  specimenOf(
    mutex,
    'go-3.4',
    "Go's Mutex in etcd 3.4: a node gets the lock although its session ended while it waited.",
  ),
  specimenOf(mutex, 'etcd3', "etcd3's lock(): after a failed acquire the lock may stay locked."),
  specimenOf(
    mutex,
    'naive',
    'A lock that checks first and then writes: two nodes that check at the same time both get it.',
  ),
  specimenOf(
    rwMutex,
    'go',
    "Go's RWMutex: a node gets the lock although its session ended while it waited, and similar names mix.",
  ),
];
