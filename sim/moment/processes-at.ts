/** The nodes' processes at a moment, with their clocks. Pure. */
import type { Recording } from '../history/recording.js';

export interface ProcessState {
  readonly node: string;
  readonly isAlive: boolean;
  /** Until when it is paused; a past time if it is not. */
  readonly stillUntilUs: number;
  /** How its clocks run: see {@link clockAt}. */
  readonly clock: Clock;
}

export interface Clock {
  readonly sinceUs: number;
  readonly countedUs: number;
  readonly perMille: number;
  readonly shiftMs: number;
}

/** What a clock shows. */
export interface ClockReading {
  /** Microseconds that the clocks have counted since the run began. */
  readonly countedUs: number;
  /** Milliseconds on the wall clock since the run began. */
  readonly wallMs: number;
}

/** @param event the number of the last event that has happened */
export function processesAt({ processes, actors }: Recording, event: number): ProcessState[] {
  if (processes === undefined) return [];
  const states = new Map<number, ProcessState>();
  for (let at = 0; at < processes.event.length && (processes.event[at] ?? 0) <= event; at++) {
    const node = processes.node[at] ?? 0;
    states.set(node, {
      node: actors[node] ?? '',
      isAlive: processes.alive[at] === 1,
      stillUntilUs: processes.stillUntilUs[at] ?? -1,
      clock: {
        sinceUs: processes.sinceUs[at] ?? 0,
        countedUs: processes.countedUs[at] ?? 0,
        perMille: processes.perMille[at] ?? 0,
        shiftMs: processes.shiftMs[at] ?? 0,
      },
    });
  }
  return [...states].sort(([one], [other]) => one - other).map(([, state]) => state);
}

/** What the clock shows at a virtual time. */
export function clockAt({ sinceUs, countedUs, perMille, shiftMs }: Clock, timeUs: number): ClockReading {
  const passedUs = timeUs - sinceUs;
  const counted = countedUs + passedUs + Math.floor((passedUs * perMille) / 1000);
  return { countedUs: counted, wallMs: Math.floor(counted / 1000) + shiftMs };
}
