/**
 * A lock that one session at a time holds, first come, first served. Invariant: only the place with the smallest create
 * revision in the line holds the lock.
 *
 * The keys are those of `clientv3/concurrency/mutex.go`: `<name>/<id of the lease in hexadecimal>`.
 */
import { Calls, type CallOptions } from '../calls.js';
import type { Effort } from '../effort.js';
import { Holdings } from '../line/holdings.js';
import { Line } from '../line/line.js';
import type { Session } from '../session.js';
import { acquire, tryAcquire, type Acquisition } from './acquire.js';
import type { HeldLock } from './held-lock.js';

const SHAPE = /^[0-9a-f]+$/;

/**
 * A distributed lock, shared by every process that uses it under the same name, etcd's Go client included. As etcd sees
 * it, at most one client holds it. The same is true by the clock if every holder stops as soon as its signal is
 * aborted. A paused process notices nothing: to be safe even then, use the fencing token, {@link HeldLock.revision}.
 */
export class Mutex {
  readonly #session: Session;
  readonly #key: string;
  readonly #line: Line;
  readonly #calls: Calls;
  readonly #held = new Holdings<HeldLock>();

  /** @param name of the lock; it touches no keys but `<name>/<lease id>` */
  constructor(session: Session, name: string) {
    this.#session = session;
    this.#key = `${name}/${BigInt(session.leaseId).toString(16)}`;
    this.#line = new Line(session.client, { name, shape: SHAPE });
    this.#calls = new Calls(`the lock ${name}`, session.options, session.signal);
  }

  /**
   * Waits for the lock. Handles of one session wait for one another too.
   *
   * Rejects with the signal's reason, a `SessionLostError`, a `ClosedError`, a `DefiniteError` if etcd refuses, or an
   * `IndefiniteError` if etcd cannot be asked. In each case the lock is not held. The place in the line is given up, at
   * the latest when etcd answers again.
   */
  lock(options: CallOptions = {}): Promise<HeldLock> {
    return this.#calls.run(options, async (effort) =>
      this.#held.keep(
        await acquire(this.#acquisition(effort, await this.#session.reservations.reserve(this.#key, effort))),
      ),
    );
  }

  /** The lock if it is free, else undefined; waits for no other holder. Rejects as {@link lock} does. */
  tryLock(options: CallOptions = {}): Promise<HeldLock | undefined> {
    return this.#calls.run(options, async (effort) => {
      const release = this.#session.reservations.tryReserve(this.#key);
      if (release === undefined) return undefined;
      const lock = await tryAcquire(this.#acquisition(effort, release));
      return lock === undefined ? undefined : this.#held.keep(lock);
    });
  }

  /** Gives up every wait of this handle and unlocks what it holds. */
  async close(options: CallOptions = {}): Promise<void> {
    await this.#calls.close();
    await Promise.all(this.#held.all.map((lock) => lock.unlock(options)));
  }

  #acquisition(effort: Effort, release: () => void): Acquisition {
    return { session: this.#session, effort, line: this.#line, key: this.#key, release };
  }
}
