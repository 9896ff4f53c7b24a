/**
 * How far one run is that takes long, such as one with a node that runs away. Invariant: it looks on between two events
 * and changes nothing in the run; of an ordinary run it says nothing.
 */
import type { Activity, BusyNode } from '../engine/activity.js';
import type { Heartbeat } from '../engine/heartbeat.js';
import { formatCount, formatDuration } from '../report/quantities.js';

export interface RunProgress {
  readonly scenario: string;
  readonly seed: number;
  readonly events: number;
  readonly virtualTimeMs: number;
  /** By the wall clock, since the run began. */
  readonly elapsedMs: number;
  /** The nodes with the most events, the busiest first; three at most. */
  readonly busiest: readonly BusyNode[];
}

/** `seed 120 has had 60,000 events in 3.20 s of virtual time, busiest w1 (58,000)`. */
export function describeProgress({ seed, events, virtualTimeMs, busiest }: RunProgress): string {
  const [first] = busiest;
  const node = first === undefined ? '' : `, busiest ${first.node} (${formatCount(first.events)})`;
  const time = formatDuration(virtualTimeMs);
  return `seed ${seed} has had ${formatCount(events)} events in ${time} of virtual time${node}`;
}

/** Four times as many as the largest of the shipped runs has. */
const LONG_EVENTS = 50_000;
/** Long enough for the largest on a slow machine. */
const LONG_MS = 60_000;
const LOOK_EVERY_EVENTS = 1_000;
const BUSIEST_MAX = 3;

/**
 * A heartbeat that passes everything on, and tells how far a long run is once in a thousand events.
 *
 * @param nowMs milliseconds on a monotonic clock
 */
export function withRunProgress(
  next: Heartbeat | undefined,
  nowMs: () => number,
  tell: (progress: RunProgress) => void,
): Heartbeat {
  let run: { readonly scenario: string; readonly seed: number } | undefined;
  let activity: Activity | undefined;
  let startedMs = 0;
  return {
    at(work) {
      run = work;
      next?.at(work);
    },
    begins(begun) {
      activity = begun;
      startedMs = nowMs();
      next?.begins(begun);
    },
    beat(event, timeUs, node) {
      next?.beat(event, timeUs, node);
      if (event % LOOK_EVERY_EVENTS !== 0 || run === undefined || activity === undefined) return;
      const elapsedMs = nowMs() - startedMs;
      if (event < LONG_EVENTS && elapsedMs < LONG_MS) return;
      const { scenario, seed } = run;
      const busiest = activity.busiest(BUSIEST_MAX);
      tell({ scenario, seed, events: event, virtualTimeMs: timeUs / 1000, elapsedMs, busiest });
    },
  };
}
