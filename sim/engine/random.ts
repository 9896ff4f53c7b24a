/**
 * Seeded randomness in keyed streams: one stream per purpose (a link, a node, a member), never one for all,
 * so that removing one use does not reshuffle the others. Invariant: the values of a stream depend only on
 * the run's seed and the stream's key. They use 32-bit integer and IEEE double arithmetic, which is the same
 * on every machine.
 */
import seedrandom from 'seedrandom';
import type { StepObserver } from './steps.js';

/** One stream of draws. */
export interface RandomStream {
  /** An unsigned 32-bit integer. */
  uint32(): number;
  /** A double in [0, 1). */
  double(): number;
  /** An integer in [min, max], both included; both must be safe integers less than 2^48 apart. */
  integer(min: number, max: number): number;
}

/** All streams of one run. */
export class RandomStreams {
  #seed: string;
  readonly #streams = new Map<string, AleaStream>();
  readonly #observe: StepObserver | undefined;

  /** @param observe hears every draw */
  constructor(seed: string, observe?: StepObserver) {
    this.#seed = seed;
    this.#observe = observe;
  }

  /** The stream of this key; asking again continues it. */
  stream(key: string): RandomStream {
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = new AleaStream(`${this.#seed}/${key}`);
      this.#streams.set(key, stream);
    }
    return this.#observe === undefined ? stream : observed(stream, key, this.#observe);
  }

  /** From now on every stream is the one that another seed would have started. */
  reseed(seed: string): void {
    this.#seed = seed;
    for (const [key, stream] of this.#streams) stream.reseed(`${seed}/${key}`);
  }

  /** A 32-bit number fixed by the key; it does not advance the key's stream. */
  constant(key: string): number {
    return new AleaStream(`${this.#seed}/${key}`).uint32();
  }
}

/** Baagøe's Alea, as seedrandom ships it: small state, seeded by text, fast to create. */
class AleaStream implements RandomStream {
  #next: seedrandom.PRNG;

  constructor(seed: string) {
    this.#next = seedrandom.alea(seed);
  }

  reseed(seed: string): void {
    this.#next = seedrandom.alea(seed);
  }

  uint32(): number {
    return this.#next.int32() >>> 0;
  }

  double(): number {
    return this.#next.quick();
  }

  integer(min: number, max: number): number {
    const span = max - min + 1;
    if (span <= 1) return min;
    if (span > 2 ** 32) return min + this.#wide(span);
    // Drawing again above the largest multiple of the span keeps every value equally likely.
    const limit = 2 ** 32 - (2 ** 32 % span);
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return min + (draw % span);
  }

  /** The same with 48 bits. */
  #wide(span: number): number {
    if (span > 2 ** 48) throw new Error(`expected a range of at most 2^48 numbers, got ${span}`);
    const limit = 2 ** 48 - (2 ** 48 % span);
    const next = (): number => this.uint32() * 2 ** 16 + (this.uint32() >>> 16);
    let draw = next();
    while (draw >= limit) draw = next();
    return draw % span;
  }
}

function observed(stream: RandomStream, key: string, observe: StepObserver): RandomStream {
  const tell = (value: number) => {
    observe(`draw ${key} ${value}`);
    return value;
  };
  return {
    uint32: () => tell(stream.uint32()),
    double: () => tell(stream.double()),
    integer: (min, max) => tell(stream.integer(min, max)),
  };
}
