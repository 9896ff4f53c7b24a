/**
 * Exponential backoff with full jitter: each pause is drawn uniformly between zero and a bound, and the bound doubles
 * with every pause. (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.)
 */

export interface BackoffOptions {
  /** Bound of the first pause; default 5. */
  readonly initialMs?: number;
  /** No bound grows beyond it; default 1000. */
  readonly maxMs?: number;
}

export class Backoff {
  readonly #initialMs: number;
  readonly #maxMs: number;
  #boundMs = 0;

  constructor({ initialMs = 5, maxMs = 1000 }: BackoffOptions = {}) {
    this.#initialMs = initialMs;
    this.#maxMs = maxMs;
    this.reset();
  }

  /** Draws the next pause, in milliseconds. */
  nextMs(): number {
    const pauseMs = Math.random() * this.#boundMs;
    this.#boundMs = Math.min(this.#boundMs * 2, this.#maxMs);
    return pauseMs;
  }

  /** Starts over with the first bound. */
  reset(): void {
    this.#boundMs = Math.min(this.#initialMs, this.#maxMs);
  }
}
