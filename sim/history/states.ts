/**
 * etcd's contents at a revision, replayed from the log. Invariant: a state follows only from the log, and
 * holds everything the log shows of the run's keys up to its revision.
 */
import type { History, LogEntry, LogEvent } from './history.js';

/** Each key and its value. */
export type State = ReadonlyMap<string, string>;

/** One revision, its changes, and the state after it. */
export interface StateAfter {
  readonly revision: number;
  readonly events: readonly LogEvent[];
  /** After the revision. The next step changes it, so copy what you keep. */
  readonly state: State;
}

/** Every revision in order, with the state after it. */
export function* statesOf({ log }: Pick<History, 'log'>): Generator<StateAfter> {
  const state = new Map<string, string>();
  for (const { revision, events } of log) {
    for (const { type, key, value } of events) {
      if (type === 'put') state.set(key, value);
      else state.delete(key);
    }
    yield { revision, events, state };
  }
}

/** A copy of the state at a revision; without one, at the end of the log. */
export function stateAt(history: Pick<History, 'log'>, revision = Infinity): Map<string, string> {
  const log: readonly LogEntry[] = history.log.filter((entry) => entry.revision <= revision);
  return new Map([...statesOf({ log })].at(-1)?.state);
}
