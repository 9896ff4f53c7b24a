/** When every run begins. */

/** 2026-01-01T00:00:00Z: where every virtual wall clock starts. */
export const EPOCH_MS = 1_767_225_600_000;
