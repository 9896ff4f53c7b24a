/**
 * How long and how often one call of a recipe may try: its deadline per request, its attempts, its pauses, its
 * AbortSignals. Invariant: once a signal is aborted, everything that waits here rejects with its reason at once.
 */
import { setMaxListeners } from 'node:events';
import { Backoff, type BackoffOptions } from './backoff.js';
import { isTransient } from './errors.js';

/** What the recipes let their caller decide about trying. */
export interface EffortOptions {
  /** Deadline of one request to etcd, hidden resends of the client included; default 5000. */
  readonly requestTimeoutMs?: number;
  /**
   * How often one call may try: every execution counts, and every request that has to be sent again. Unlimited
   * unless given.
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
/** So long etcd3 refuses to send anything to a host after three failures. */
const BREAKER_OPEN_MS = 5000;
/** A last resort waits for an answer a third as long as others do. */
const LAST_RESORT_PARTS = 3;

export class Effort {
  readonly #options: EffortOptions;
  readonly #signals: readonly AbortSignal[];
  readonly #requestTimeoutMs: number;
  readonly #maxAttempts: number;
  readonly #afterConflict: Backoff;
  readonly #afterError: Backoff;
  #attempts = 0;

  /** @param signals any of them ends it; the first that is aborted gives the reason */
  constructor(options: EffortOptions, ...signals: readonly (AbortSignal | undefined)[]) {
    this.#options = options;
    this.#signals = signals.filter((signal) => signal !== undefined);
    // One signal may end any number of calls, which Node.js takes for a leak from the eleventh on.
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

  /** Counts an attempt. Throws the signal's reason where it is aborted. */
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
   * Does what must be known even though this effort has ended: with no signal, unlimited attempts, and all in all
   * for no longer than one request may take and etcd3's circuit breaker may be open. Rejects where that was not
   * enough.
   */
  async lastResort<T>(body: (effort: Effort) => Promise<T>): Promise<T> {
    const end = new AbortController();
    const limitMs = this.#requestTimeoutMs + BREAKER_OPEN_MS;
    const timer = setTimeout(() => end.abort(new Error(`etcd did not answer within ${limitMs} ms`)), limitMs);
    try {
      // One answer that never comes, such as of a member that stands still, must not use up all the time there is.
      const requestTimeoutMs = this.#requestTimeoutMs / LAST_RESORT_PARTS;
      return await body(
        new Effort({ ...this.#options, maxAttempts: Infinity, requestTimeoutMs }, end.signal),
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends a request once. Rejects with whatever the client rejects with. */
  async send<T>(request: (options: Deadline) => Promise<T>): Promise<T> {
    this.throwIfAborted();
    const reply = await this.unlessAborted(request({ deadline: Date.now() + this.#requestTimeoutMs }));
    this.#afterError.reset();
    return reply;
  }

  /** Sends a request that does no harm twice, again and again while it fails for a transient reason. */
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
   * Whether a request that failed so may be sent again. If so it has waited and counted the attempt. Rejects with
   * the signal's reason where it is aborted.
   */
  async mayRepeatAfter(error: unknown): Promise<boolean> {
    this.throwIfAborted();
    if (!isTransient(error) || !this.mayTry) return false;
    await this.pause(this.#afterError.nextMs());
    this.begin();
    return true;
  }

  /** What ends a request that failed so, or undefined where it may be sent again: the error or the signal's reason. */
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

  /** A backoff with this effort's bounds, for waiting that is no attempt. */
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
      for (const signal of this.#signals) signal.addEventListener('abort', abort, { once: true });
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
