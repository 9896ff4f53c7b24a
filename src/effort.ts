/**
 * The limits of one call of a recipe: deadline per request, attempts, pauses and AbortSignals. Invariant: once a signal
 * is aborted, everything that waits here rejects with its reason at once.
 */
import { setMaxListeners } from 'node:events';
import { Backoff, type BackoffOptions } from './backoff.js';
import { isTransient } from './errors.js';

/** What a caller of the recipes can decide about retries. */
export interface EffortOptions {
  /** Deadline of one request to etcd, hidden resends of the client included; default 5000. */
  readonly requestTimeoutMs?: number;
  /**
   * The attempts of one call: every execution counts, and so does every request that has to be sent again. Unlimited
   * by default.
   */
  readonly maxAttempts?: number;
  readonly backoff?: BackoffOptions;
}

/** Call options of etcd3, as far as the recipes use them. */
export interface Deadline {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

const REQUEST_TIMEOUT_MS = 5000;
/** After three failures etcd3 sends nothing to a host for this long. */
const BREAKER_OPEN_MS = 5000;
/** A last resort waits for each answer a third as long as other efforts do. */
const LAST_RESORT_PARTS = 3;

export class Effort {
  readonly #options: EffortOptions;
  readonly #signals: readonly AbortSignal[];
  readonly #requestTimeoutMs: number;
  readonly #maxAttempts: number;
  readonly #afterConflict: Backoff;
  readonly #afterError: Backoff;
  #attempts = 0;

  /** @param signals any of them ends it; the first aborted one in this order gives the reason */
  constructor(options: EffortOptions, ...signals: readonly (AbortSignal | undefined)[]) {
    this.#options = options;
    this.#signals = signals.filter((signal) => signal !== undefined);
    // One signal may end any number of calls; from the eleventh on Node.js takes them for a leak.
    setMaxListeners(0, ...this.#signals);
    this.#requestTimeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    this.#maxAttempts = options.maxAttempts ?? Infinity;
    this.#afterConflict = new Backoff(options.backoff);
    this.#afterError = new Backoff(options.backoff);
  }

  get attempts(): number {
    return this.#attempts;
  }

  /** Whether one more attempt is allowed. */
  get mayTry(): boolean {
    return this.#attempts < this.#maxAttempts;
  }

  /** Counts an attempt. Throws the signal's reason if one is aborted. */
  begin(): void {
    this.throwIfAborted();
    this.#attempts += 1;
  }

  throwIfAborted(): void {
    for (const signal of this.#signals) signal.throwIfAborted();
  }

  get aborted(): boolean {
    return this.#signals.some((signal) => signal.aborted);
  }

  /**
   * Finds out what must be known even though this effort has ended: with no signal and unlimited attempts. In all it
   * takes no longer than one request may take plus the time that etcd3's circuit breaker stays open. Rejects if that
   * was not enough.
   */
  async lastResort<T>(body: (effort: Effort) => Promise<T>): Promise<T> {
    const end = new AbortController();
    const limitMs = this.#requestTimeoutMs + BREAKER_OPEN_MS;
    const timer = setTimeout(() => end.abort(new Error(`etcd did not answer within ${limitMs} ms`)), limitMs);
    try {
      // A paused member never answers; that must not use up all the time.
      const requestTimeoutMs = this.#requestTimeoutMs / LAST_RESORT_PARTS;
      return await body(
        new Effort({ ...this.#options, maxAttempts: Infinity, requestTimeoutMs }, end.signal),
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends a request once. Rejects with the client's error. */
  async send<T>(request: (options: Deadline) => Promise<T>): Promise<T> {
    this.throwIfAborted();
    const reply = await this.unlessAborted(request({ deadline: Date.now() + this.#requestTimeoutMs }));
    this.#afterError.reset();
    return reply;
  }

  /** Sends a request that may be sent twice; sends it again while it fails for a transient reason. */
  async repeat<T>(request: (options: Deadline) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.send(request);
      } catch (error) {
        if (!(await this.mayRepeatAfter(error))) throw error;
      }
    }
  }

  /**
   * Whether a request that failed with this error may be sent again. If so, it has waited and counted the attempt.
   * Rejects with the signal's reason if one is aborted.
   */
  async mayRepeatAfter(error: unknown): Promise<boolean> {
    this.throwIfAborted();
    if (!isTransient(error) || !this.mayTry) return false;
    await this.pause(this.#afterError.nextMs());
    this.begin();
    return true;
  }

  /** Undefined if a request that failed with this error may be sent again, else the error or the signal's reason. */
  async endAfter(error: unknown): Promise<unknown> {
    try {
      return (await this.mayRepeatAfter(error)) ? undefined : error;
    } catch (reason) {
      return reason;
    }
  }

  pauseAfterConflict(): Promise<void> {
    return this.pause(this.#afterConflict.nextMs());
  }

  /** A backoff with this effort's bounds, for pauses that are no attempts. */
  newBackoff(): Backoff {
    return new Backoff(this.#options.backoff);
  }

  /** The promise's outcome, or a signal's reason if that comes first. */
  unlessAborted<T>(promise: Promise<T>): Promise<T> {
    if (this.#signals.length === 0) return promise;
    return new Promise((resolve, reject) => {
      const abort = () => {
        reject(this.#signals.find((signal) => signal.aborted)?.reason as Error);
      };
      for (const signal of this.#signals) signal.addEventListener('abort', abort);
      if (this.aborted) abort();
      void promise.then(resolve, reject).finally(() => {
        for (const signal of this.#signals) signal.removeEventListener('abort', abort);
      });
    });
  }

  async pause(pauseMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await this.unlessAborted(new Promise((resolve) => (timer = setTimeout(resolve, pauseMs))));
    } finally {
      clearTimeout(timer);
    }
  }
}
