/**
 * A session: a lease that lives as long as its process, and everything held under it. Invariant: the session reports its
 * loss before another client can hold its locks. This needs a process that runs and a clock no slower than etcd's. The
 * lease's time counts from the moment a renewal was sent.
 */
import type { ILeaseKeepAliveResponse, Namespace } from 'etcd3';
import { ExactlyOnce } from './commit/exactly-once.js';
import { Effort, type EffortOptions } from './effort.js';
import {
  ClosedError,
  DefiniteError,
  isLeaseNotFound,
  isTokenRefused,
  messageOf,
  SessionLostError,
} from './errors.js';
import type { CallOptions } from './calls.js';
import { Reservations } from './reservations.js';

export interface SessionOptions extends EffortOptions, CallOptions {
  /** Time to live of the lease, in whole seconds, at least 1; etcd may grant more. Default 60, as in Go. */
  readonly ttlSeconds?: number;
  /** Where commit records are kept; default `recipe-commits/`. */
  readonly recordPrefix?: string;
}

const TTL_SECONDS = 60;
/** A lease is renewed three times in its life, as Go does. */
const RENEWALS_PER_LIFE = 3;

/**
 * Locks, elections and double barriers are held under a session. Open one per process and share it. Everything under it
 * is released together: when you close it, when its process dies, or when etcd gets no renewal for `ttlSeconds`.
 */
export class Session {
  /** @internal */
  readonly client: Namespace;
  /** Id of the lease, in decimal. */
  readonly leaseId: string;
  /** Time to live that etcd granted, in seconds. */
  readonly ttlSeconds: number;
  /** @internal */
  readonly options: SessionOptions;
  /** Transactions whose records go with the session. @internal */
  readonly once: ExactlyOnce;
  /** The keys that handles of this session share; one handle at a time has a key. @internal */
  readonly reservations = new Reservations();
  readonly #recordPrefix: string;
  readonly #end = new AbortController();
  #expiresMs: number;
  #expiry: NodeJS.Timeout | undefined;
  #renewal: NodeJS.Timeout | undefined;

  private constructor(
    client: Namespace,
    options: SessionOptions,
    lease: { readonly id: string; readonly ttlSeconds: number; readonly grantedMs: number },
  ) {
    this.client = client;
    this.options = options;
    this.leaseId = lease.id;
    this.ttlSeconds = lease.ttlSeconds;
    this.#recordPrefix = options.recordPrefix ?? 'recipe-commits/';
    this.once = new ExactlyOnce(client, this.#recordPrefix, lease.id);
    this.#expiresMs = lease.grantedMs + lease.ttlSeconds * 1000;
    this.#watchExpiry();
    this.#renewLater();
  }

  /**
   * Grants a lease and keeps it alive.
   *
   * @param client an `Etcd3`, or a `Namespace` of one: then every key of the session is inside it
   *
   * Rejects with
   * - a `RangeError` if `ttlSeconds` is not a whole number of at least 1;
   * - a `DefiniteError` if etcd refuses or `maxAttempts` are used up;
   * - the signal's reason.
   *
   * If the reply to a grant is lost, that lease expires.
   */
  static async open(client: Namespace, options: SessionOptions = {}): Promise<Session> {
    const { ttlSeconds = TTL_SECONDS } = options;
    if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1) {
      throw new RangeError(`expected ttlSeconds to be a whole number, at least 1, got ${ttlSeconds}`);
    }
    const effort = new Effort(options, options.signal);
    let sentMs = 0;
    try {
      const reply = await effort.repeat((call) => {
        sentMs = performance.now();
        return client.leaseClient.leaseGrant({ TTL: ttlSeconds }, call);
      });
      return new Session(client, options, {
        id: reply.ID,
        ttlSeconds: Number(reply.TTL),
        grantedMs: sentMs,
      });
    } catch (error) {
      effort.throwIfAborted();
      throw new DefiniteError(`cannot open a session: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Aborted, with a `SessionLostError` or a `ClosedError`, once nothing is held under the session any more. */
  get signal(): AbortSignal {
    // After a pause of the process, the timers are late; the clock is not.
    if (!this.#end.signal.aborted && performance.now() >= this.#expiresMs) this.#lose(NOT_RENEWED);
    return this.#end.signal;
  }

  /** Whether it is neither lost nor closed. */
  get alive(): boolean {
    return !this.signal.aborted;
  }

  /**
   * Ends the session: revokes its lease, and with it everything that is held under it. Calls that wait under the session
   * reject with a `ClosedError`.
   *
   * Rejects with the signal's reason, or with etcd's error. The lease then expires within `ttlSeconds`.
   */
  async close(options: CallOptions = {}): Promise<void> {
    this.#stop(new ClosedError('the session is closed'));
    const effort = new Effort(this.options, options.signal);
    try {
      await effort.repeat((call) => this.client.leaseClient.leaseRevoke({ ID: this.leaseId }, call));
    } catch (error) {
      if (!isLeaseNotFound(error)) throw error;
    }
  }

  get #intervalMs(): number {
    return (this.ttlSeconds * 1000) / RENEWALS_PER_LIFE;
  }

  #renewLater(): void {
    this.#renewal = setTimeout(() => void this.#renew(), this.#intervalMs);
  }

  #watchExpiry(): void {
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.#lose(NOT_RENEWED), this.#expiresMs - performance.now());
  }

  /** Renews the lease; tries again until that succeeds or the lease is lost. */
  async #renew(): Promise<void> {
    const effort = new Effort(
      {
        ...this.options,
        requestTimeoutMs: Math.min(this.#intervalMs, this.options.requestTimeoutMs ?? Infinity),
      },
      this.#end.signal,
    );
    const backoff = effort.newBackoff();
    while (this.alive) {
      try {
        const sentMs = performance.now();
        const { TTL } = await effort.send((call) => renewOnce(this.client, this.leaseId, call.deadline));
        if (Number(TTL) <= 0) {
          await this.#assertGranted(effort);
          throw new Error('a deposed leader did not know the lease');
        }
        this.#expiresMs = sentMs + Number(TTL) * 1000;
        this.#watchExpiry();
        return this.#renewLater();
      } catch (error) {
        if (isLeaseNotFound(error)) return this.#lose('its lease has expired or was revoked');
        if (isTokenRefused(error)) await this.#renewToken(effort);
        // Any other error may be temporary; the lease's time is limited.
        await effort.pause(backoff.nextMs()).catch(() => undefined);
      }
    }
  }

  /** A deposed leader may report a lease it never heard of as expired. A write is refused only if the lease is gone. */
  async #assertGranted(effort: Effort): Promise<void> {
    const key = `${this.#recordPrefix}session-${this.leaseId}`;
    await effort.send((call) => this.client.put(key).value('').lease(this.leaseId).options(call).exec());
  }

  /** etcd3 opens streams with the token it has, even if etcd refuses it. A refused call of another kind renews it. */
  async #renewToken(effort: Effort): Promise<void> {
    await effort
      .send((call) => this.client.leaseClient.leaseTimeToLive({ ID: this.leaseId }, call))
      .catch(() => undefined);
  }

  #lose(why: string): void {
    this.#stop(new SessionLostError(`the session is lost: ${why}`));
  }

  #stop(reason: Error): void {
    clearTimeout(this.#expiry);
    clearTimeout(this.#renewal);
    if (!this.#end.signal.aborted) this.#end.abort(reason);
  }
}

const NOT_RENEWED = 'its lease could not be renewed in time';

/** One renewal on a stream of its own, so that a stream that hangs costs one renewal and not the lease. */
async function renewOnce(client: Namespace, id: string, deadline: number): Promise<ILeaseKeepAliveResponse> {
  const stream = await client.leaseClient.leaseKeepAlive({ deadline });
  try {
    return await new Promise((resolve, reject) => {
      stream.on('data', resolve);
      stream.on('error', reject);
      stream.on('end', () => reject(new Error('etcd ended the stream')));
      stream.write({ ID: id });
    });
  } finally {
    stream.on('error', () => undefined);
    stream.end();
  }
}
