/** What a run may use up unless somebody says otherwise. */
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
