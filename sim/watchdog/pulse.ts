/**
 * What the main thread and the thread that watches it share: a beat that counts up for as long as the main thread gets
 * on, and what it is at. Invariant: the main thread alone writes the beat and the work, at a few numbers an event; the
 * watching thread may read at any time, also while the main thread does nothing but one endless loop.
 */
import type { Activity } from '../engine/activity.js';
import type { Heartbeat, Work } from '../engine/heartbeat.js';

/** The memory that the threads share. */
export interface SharedPulse {
  readonly counters: Int32Array<SharedArrayBuffer>;
  readonly numbers: Float64Array<SharedArrayBuffer>;
  readonly text: Uint8Array<SharedArrayBuffer>;
}

/** What runs for long on purpose, such as a check, comes nowhere near it. */
export const STUCK_AFTER_SECONDS = 15;

/** Places in `counters`. */
const BEAT = 0;
const NODE = 1;
const TEXT_LENGTH = 2;
/** Seconds after which the main thread counts as stuck; 0 for never. */
const LIMIT_SECONDS = 3;
/** 1 once the watching thread has given the signals back; see {@link Pulse.turn}. */
const RELEASED = 4;
/** Places in `numbers`. */
const EVENT = 0;
const TIME_US = 1;

const TEXT_BYTES = 1 << 16;

/** What the main thread was at when it beat last. */
export interface LastBeat {
  /** Undefined where no seed was begun. */
  readonly work: Work | undefined;
  /** The node whose code ran; undefined outside of a run and of every node. */
  readonly node: string | undefined;
  readonly event: number;
  readonly timeUs: number;
}

/** The text that both threads read. */
interface SharedText {
  readonly work: Work | undefined;
  readonly nodes: readonly string[];
}

export function createSharedPulse(limitSeconds: number): SharedPulse {
  const shared = {
    counters: new Int32Array(new SharedArrayBuffer(5 * Int32Array.BYTES_PER_ELEMENT)),
    numbers: new Float64Array(new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT)),
    text: new Uint8Array(new SharedArrayBuffer(TEXT_BYTES)),
  };
  shared.counters[NODE] = -1;
  shared.counters[LIMIT_SECONDS] = limitSeconds;
  return shared;
}

/** The main thread's side. */
export class Pulse implements Heartbeat {
  readonly #shared: SharedPulse;
  readonly #nodes = new Map<string, number>();
  #work: Work | undefined;
  #activity: Activity | undefined;

  constructor(shared: SharedPulse) {
    this.#shared = shared;
  }

  /** What the run under way, or the last one, is busy with. */
  get activity(): Activity | undefined {
    return this.#activity;
  }

  get work(): Work | undefined {
    return this.#work;
  }

  at(work: Work): void {
    const { counters, numbers } = this.#shared;
    this.#work = work;
    if (work.stage === 'runs') {
      this.#nodes.clear();
      this.#activity = undefined;
      numbers.fill(0);
    }
    counters[NODE] = -1;
    this.#write();
    Atomics.add(counters, BEAT, 1);
  }

  begins(activity: Activity): void {
    this.#activity = activity;
  }

  beat(event: number, timeUs: number, node: string | undefined): void {
    const { counters, numbers } = this.#shared;
    numbers[EVENT] = event;
    numbers[TIME_US] = timeUs;
    counters[NODE] = node === undefined ? -1 : this.#indexOf(node);
    Atomics.add(counters, BEAT, 1);
  }

  /** A beat of the event loop; true where the watching thread has given the signals back since the last one. */
  turn(): boolean {
    Atomics.add(this.#shared.counters, BEAT, 1);
    return Atomics.exchange(this.#shared.counters, RELEASED, 0) === 1;
  }

  get limitSeconds(): number {
    return Atomics.load(this.#shared.counters, LIMIT_SECONDS);
  }

  set limitSeconds(seconds: number) {
    Atomics.store(this.#shared.counters, LIMIT_SECONDS, seconds);
  }

  #indexOf(node: string): number {
    let index = this.#nodes.get(node);
    if (index === undefined) {
      index = this.#nodes.size;
      this.#nodes.set(node, index);
      this.#write();
    }
    return index;
  }

  #write(): void {
    const { counters, text } = this.#shared;
    const shared: SharedText = { work: this.#work, nodes: [...this.#nodes.keys()] };
    // Into a buffer of its own: an encoder does not write into shared memory.
    const bytes = new TextEncoder().encode(JSON.stringify(shared));
    counters[TEXT_LENGTH] = 0;
    if (bytes.length > text.length) return;
    text.set(bytes);
    counters[TEXT_LENGTH] = bytes.length;
  }
}

/** The watching thread's side. */
export class PulseReader {
  readonly #shared: SharedPulse;

  constructor(shared: SharedPulse) {
    this.#shared = shared;
  }

  get beats(): number {
    return Atomics.load(this.#shared.counters, BEAT);
  }

  get limitSeconds(): number {
    return Atomics.load(this.#shared.counters, LIMIT_SECONDS);
  }

  /** Records for the main thread, once it continues, that its signals were given back. */
  setReleased(): void {
    Atomics.store(this.#shared.counters, RELEASED, 1);
  }

  get last(): LastBeat {
    const { counters, numbers } = this.#shared;
    const { work, nodes } = this.#readText();
    return {
      work,
      node: nodes[counters[NODE] ?? -1],
      event: numbers[EVENT] ?? 0,
      timeUs: numbers[TIME_US] ?? 0,
    };
  }

  #readText(): SharedText {
    const { counters, text } = this.#shared;
    try {
      const bytes = Uint8Array.from(text.subarray(0, counters[TEXT_LENGTH]));
      return JSON.parse(new TextDecoder().decode(bytes)) as SharedText;
    } catch {
      // Nothing was written yet, or it was too long.
      return { work: undefined, nodes: [] };
    }
  }
}
