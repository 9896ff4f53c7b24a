/** The wrong locks, each as a scenario of its own: what a sweep must catch to count as healthy. */
import type { Scenario } from '../../sim/scenario/scenario.js';
import { mutex } from '../mutex.js';
import { rwMutex } from '../rw-mutex.js';
import { specimenOf } from './specimen.js';

export const lockSpecimens: readonly Scenario[] = [
  specimenOf(mutex, 'go', "Go's Mutex: two calls under one session both get the lock."),
  specimenOf(
    mutex,
    'go-3.4',
    "Go's Mutex of etcd 3.4: whose session ends while it waits gets the lock all the same.",
  ),
  specimenOf(mutex, 'etcd3', "etcd3's lock(): what fails to be acquired may stay locked."),
  specimenOf(
    mutex,
    'naive',
    'A lock that looks first and takes then: two who look at the same time have it.',
  ),
  specimenOf(
    rwMutex,
    'go',
    "Go's RWMutex: whose session ends while it waits gets the lock all the same, and names mix.",
  ),
];
