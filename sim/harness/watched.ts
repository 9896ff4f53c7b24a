/**
 * Watches what a check or a test runs: the report names code that never yields, and the process ends. One thread
 * serves all that a process checks. Invariant: it watches while something is being checked, and never otherwise; it
 * changes nothing in a run.
 */
import type { Heartbeat, Work } from '../engine/heartbeat.js';
import { InputError, parseInteger } from '../input/parsed.js';
import { STUCK_AFTER_SECONDS } from '../watchdog/pulse.js';
import { WATCHDOG_SECONDS_MAX, WatchedPulse } from '../watchdog/watchdog.js';

/** The checks under way, each with its limit in seconds; the last one begun comes last. */
const limits = new Map<Heartbeat, number>();

let pulse: WatchedPulse | undefined;
/** The check whose work the pulse shows. */
let shown: Heartbeat | undefined;

/**
 * Does the work, which gives the heartbeat its signs of life.
 *
 * @param seconds of processor time; 0 for never. `SIM_WATCHDOG` beats it.
 * @throws InputError where that variable makes no sense
 */
export async function watched<T>(
  seconds: number | undefined,
  work: (heartbeat: Heartbeat | undefined) => Promise<T>,
): Promise<T> {
  const limit = asked(process.env['SIM_WATCHDOG']) ?? seconds ?? STUCK_AFTER_SECONDS;
  if (limit === 0) return work(undefined);
  pulse ??= new WatchedPulse();
  pulse.watch();
  const heartbeat = heartbeatOf(pulse);
  limits.set(heartbeat, limit);
  pulse.limitSeconds = limit;
  try {
    return await work(heartbeat);
  } finally {
    limits.delete(heartbeat);
    pulse.limitSeconds = [...limits.values()].at(-1) ?? 0;
  }
}

/** Several checks may run side by side: the pulse shows the work of the one that beats. */
function heartbeatOf(of: WatchedPulse): Heartbeat {
  let work: Work | undefined;
  const heartbeat: Heartbeat = {
    at(begun) {
      work = begun;
      shown = heartbeat;
      of.at(begun);
    },
    begins(activity) {
      of.begins(activity);
    },
    beat(event, timeUs, node) {
      if (shown !== heartbeat && work !== undefined) this.at(work);
      of.beat(event, timeUs, node);
    },
  };
  return heartbeat;
}

/** @throws InputError */
function asked(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const parsed = parseInteger(text, { min: 0, max: WATCHDOG_SECONDS_MAX });
  if (parsed.kind === 'malformed') throw new InputError(`SIM_WATCHDOG: ${parsed.message}`);
  return parsed.value;
}
