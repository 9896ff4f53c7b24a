/**
 * A queue. Taking the first of many items is as cheap as taking the first of few, unlike an array's `shift`,
 * which moves all the others.
 */

/** Below this many taken items their places are kept. */
const KEPT_MAX = 1024;

export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #taken = 0;

  push(item: T): void {
    this.#items.push(item);
  }

  /** The oldest item; undefined if there is none. */
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
