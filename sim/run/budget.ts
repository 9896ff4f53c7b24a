/** Default limits for a run, and for shrinking a failure. */
import type { Budget } from '../engine/engine.js';

/**
 * The largest shipped scenario, the bank with 1,000 transfers, has about 13,000 events with all faults. A run
 * with forty times as many has run away. Leases, backoffs, silences and elections in sequence take less than
 * two minutes without any success.
 */
export const DEFAULT_BUDGET: Required<Budget> = {
  maxEvents: 500_000,
  maxVirtualTimeMs: 600_000,
  livenessMs: 120_000,
};

/** How many runs shrinking may take. */
export const SHRINK_RUNS_MAX = 500;

/** How many events they may have together: about half a minute, because you wait for the result. */
export const SHRINK_EVENTS_MAX = 3_000_000;
