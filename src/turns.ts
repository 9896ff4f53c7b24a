/** Calls that take turns, in their order. Invariant: a call that is given up while it waits delays no other. */
import type { Effort } from './effort.js';

export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Executes `body` once all earlier turns are over. Rejects with the reason of the effort's signal. */
  async take<T>(effort: Effort, body: () => Promise<T>): Promise<T> {
    const before = this.#last;
    let end = (): void => undefined;
    const own = new Promise<void>((resolve) => (end = resolve));
    this.#last = before.then(() => own);
    try {
      await effort.unlessAborted(before);
      return await body();
    } finally {
      end();
    }
  }
}
