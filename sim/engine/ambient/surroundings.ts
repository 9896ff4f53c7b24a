/**
 * Whose time, chance and identity the running code has: those of its node or, while the command loads a config file,
 * those of the moment at which every run begins. Invariant: outside both there are none, and everything is native.
 */
import { currentNode, EPOCH_MS } from '../node.js';
import { RandomStreams, type RandomStream } from '../random.js';

/** What tells one process, and one moment, from another. */
export interface Surroundings {
  readonly random: RandomStream;
  readonly hostname: string;
  readonly pid: number;
  /** Milliseconds since 1970, a whole number. */
  wallClockMs(): number;
  /** Microseconds since the machine started, a whole number. */
  monotonicUs(): number;
  /** Microseconds since the process started, a whole number. */
  processUs(): number;
}

let loading: Surroundings | undefined;

/** Undefined where the running code has what Node.js gives it. */
export function surroundings(): Surroundings | undefined {
  return currentNode() ?? loading;
}

/**
 * Loads modules at the beginning of all time: what they take for good when they are loaded, such as a date, a random
 * name or a process id, is the same in every process. Timers, files and sockets are native meanwhile.
 */
export async function atTheBeginning<T>(load: () => Promise<T>): Promise<T> {
  loading = {
    random: new RandomStreams('loading').stream('ambient'),
    hostname: 'localhost',
    pid: 1,
    wallClockMs: () => EPOCH_MS,
    monotonicUs: () => 0,
    processUs: () => 0,
  };
  try {
    return await load();
  } finally {
    loading = undefined;
  }
}
