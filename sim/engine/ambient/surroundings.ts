/**
 * The time, randomness and identity that the running code sees. A node's code sees those of its node. While
 * the command loads a config file, its code sees the moment at which every run begins. Invariant: all other
 * code has the native ones.
 */
import { currentNode, EPOCH_MS } from '../node.js';
import { RandomStreams, type RandomStream } from '../random.js';

/** What distinguishes one process and one moment from another. */
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

/** Undefined if the running code uses the native ones of Node.js. */
export function surroundings(): Surroundings | undefined {
  return currentNode() ?? loading;
}

/**
 * Loads modules at the moment at which every run begins. A module may keep a date, a random name or a process
 * id from loading; these are then the same in every process. Timers, files and sockets stay native.
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
