/**
 * The order in which handles of one session use a key that they share: one after the other, first come, first served.
 * Invariant: one that gives up waiting delays nobody.
 */
import type { Effort } from './effort.js';

/** Ends a reservation; harmless the second time. */
export type Release = () => void;

export class Reservations {
  /** The end of the last reservation of each key. */
  readonly #last = new Map<string, Promise<void>>();

  /** Waits for those who came before. Rejects with the reason of the effort's signal. */
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

  /** The reservation where nobody has one, else undefined. */
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
