/**
 * Handles of one session that use the same key take turns, first come, first served. Invariant: a handle that gives up
 * waiting delays no other.
 */
import type { Effort } from './effort.js';

/** Ends a reservation; harmless the second time. */
export type Release = () => void;

export class Reservations {
  /** When the last reservation of each key ends. */
  readonly #last = new Map<string, Promise<void>>();

  /** Waits for earlier reservations. Rejects with the reason of the effort's signal. */
  async reserve(key: string, effort: Effort): Promise<Release> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const release = this.#append(key, before);
    try {
      await effort.unlessAborted(before);
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** The reservation if the key is free, else undefined. */
  tryReserve(key: string): Release | undefined {
    return this.#last.has(key) ? undefined : this.#append(key, Promise.resolve());
  }

  #append(key: string, before: Promise<void>): Release {
    let release: Release = () => undefined;
    const own = new Promise<void>((resolve) => (release = resolve));
    const end = before.then(() => own);
    this.#last.set(key, end);
    void end.then(() => {
      if (this.#last.get(key) === end) this.#last.delete(key);
    });
    return release;
  }
}
