/** What a run may use up, and what may be spent on shrinking a failure, unless somebody says otherwise. */
import type { Budget } from '../engine/engine.js';

/**
 * The largest of the shipped scenarios, the bank with 1,000 transfers, has about 13,000 events with all faults: a run
 * that has forty times as many has run away. Leases, backoffs, silences and elections, one after the other, take less
 * than the two minutes without any success.
 */
export const DEFAULT_BUDGET: Required<Budget> = {
  maxEvents: 500_000,
  maxVirtualTimeMs: 600_000,
  livenessMs: 120_000,
};

/** How many runs shrinking may take. */
export const SHRINK_RUNS_MAX = 500;

/** How many events they may have together: about half a minute, since nobody who waits for a run wants to wait longer. */
export const SHRINK_EVENTS_MAX = 3_000_000;
