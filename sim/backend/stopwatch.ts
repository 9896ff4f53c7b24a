/** The wall time of a run, for people: it is reported and never part of a run. */

/** Starts a stopwatch; the returned function returns the milliseconds since. */
export function startStopwatch(): () => number {
  // eslint-disable-next-line no-restricted-globals -- started and read outside the virtual nodes
  const clock = performance;
  const startedMs = clock.now();
  return () => clock.now() - startedMs;
}
