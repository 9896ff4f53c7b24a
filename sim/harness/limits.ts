/** How much the harness spends on a failure unless somebody says otherwise. */

/** How many runs shrinking may take. */
export const SHRINK_RUNS_MAX = 500;

/** How many events they may have together: about half a minute, since nobody who waits for a run wants to wait longer. */
export const SHRINK_EVENTS_MAX = 3_000_000;
