/**
 * A queue. Unlike an array's `shift`, which moves all that is behind, taking the first of many costs no more than taking
 * the first of few.
 */

/** Below this many taken items their places are kept. */
const KEPT_MAX = 1024;

export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #taken = 0;

  push(item: T): void {
    this.#items.push(item);
  }

  /** The oldest; undefined where there is none. */
  shift(): T | undefined {
    if (this.#taken === this.#items.length) return undefined;
    const item = this.#items[this.#taken];
    this.#items[this.#taken++] = undefined;
    if (this.#taken === this.#items.length) {
      this.#items = [];
      this.#taken = 0;
    } else if (this.#taken > KEPT_MAX && this.#taken * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }
}
