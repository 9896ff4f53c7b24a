/**
 * The calls in flight on one handle. Invariant: once the handle is closed no call begins, and waiting calls have been
 * rejected.
 */
import { Effort, type EffortOptions } from './effort.js';
import { ClosedError } from './errors.js';

/** Options of every call that may block. */
export interface CallOptions {
  /** Gives the call up. If it rejects with the signal's reason, nothing has happened. */
  readonly signal?: AbortSignal | undefined;
}

export class Calls {
  readonly #options: EffortOptions;
  readonly #signals: readonly AbortSignal[];
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  readonly #what: string;

  /**
   * @param what names the handle in errors, such as `the queue jobs`
   * @param signals end every call of the handle
   */
  constructor(what: string, options: EffortOptions, ...signals: readonly AbortSignal[]) {
    this.#what = what;
    this.#options = options;
    this.#signals = signals;
  }

  /** Makes a call. Rejects with a `ClosedError` if the handle is closed before the call has ended. */
  async run<T>(options: CallOptions, body: (effort: Effort) => Promise<T>): Promise<T> {
    const running = body(new Effort(this.#options, options.signal, ...this.#signals, this.#closing.signal));
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Ends the calls that are under way; resolves when they have ended. */
  async close(): Promise<void> {
    if (!this.#closing.signal.aborted) this.#closing.abort(new ClosedError(`${this.#what} is closed`));
    await Promise.allSettled(this.#running);
  }

  /** An effort to clean up after the handle was closed. */
  tidying(options: CallOptions): Effort {
    return new Effort(this.#options, options.signal);
  }
}
