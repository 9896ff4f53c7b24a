/**
 * A lock that one session at a time holds, first come, first served. Invariant: of all places in the line under the
 * name, the one with the smallest create revision holds the lock, and only that.
 *
 * The keys are those of `clientv3/concurrency/mutex.go`: `<name>/<id of the lease in hexadecimal>`.
 */
import { Calls, type CallOptions } from '../calls.js';
import type { Effort } from '../effort.js';
import { Line } from '../line/line.js';
import type { Session } from '../session.js';
import { acquire, tryAcquire, type Acquisition } from './acquire.js';
import type { HeldLock } from './held-lock.js';

const SHAPE = /^[0-9a-f]+$/;

/**
 * A distributed lock, shared by every process that uses it under the same name, those that use etcd's Go client
 * included. At most one holds it as etcd sees it. As clocks see it, too, as long as a holder that is told of its loss
 * stops in time; what must hold even where one does not (a process that stands still notices nothing) needs the
 * fencing token, {@link HeldLock.revision}.
 */
export class Mutex {
  readonly #session: Session;
  readonly #key: string;
  readonly #line: Line;
  readonly #calls: Calls;
  readonly #held = new Set<HeldLock>();

  /** @param name of the lock; nothing but the keys `<name>/<lease id>` is ever touched */
  constructor(session: Session, name: string) {
    this.#session = session;
    this.#key = `${name}/${BigInt(session.leaseId).toString(16)}`;
    this.#line = new Line(session.client, { prefix: `${name}/`, shape: SHAPE });
    this.#calls = new Calls(`the lock ${name}`, session.options, session.signal);
  }

  /**
   * Waits for the lock. Handles of one session wait for one another, too.
   *
   * Rejects with the signal's reason, a `SessionLostError`, a `ClosedError` or a `DefiniteError` where etcd refuses:
   * the lock is not held, and the place in the line is given up, at once if etcd can be told.
   */
  lock(options: CallOptions = {}): Promise<HeldLock> {
    return this.#calls.run(options, async (effort) =>
      this.#keep(
        await acquire(this.#acquisition(effort, await this.#session.reservations.reserve(this.#key, effort))),
      ),
    );
  }

  /** The lock if it is free, else undefined; waits for nobody but etcd. Rejects as {@link lock} does. */
  tryLock(options: CallOptions = {}): Promise<HeldLock | undefined> {
    return this.#calls.run(options, async (effort) => {
      const release = this.#session.reservations.tryReserve(this.#key);
      if (release === undefined) return undefined;
      const lock = await tryAcquire(this.#acquisition(effort, release));
      return lock === undefined ? undefined : this.#keep(lock);
    });
  }

  /** Gives up every wait of this handle and lets go of the locks that were got by it. */
  async close(options: CallOptions = {}): Promise<void> {
    await this.#calls.close();
    await Promise.all([...this.#held].map((lock) => lock.unlock(options)));
  }

  #acquisition(effort: Effort, release: () => void): Acquisition {
    return { session: this.#session, effort, line: this.#line, key: this.#key, release };
  }

  #keep(lock: HeldLock): HeldLock {
    this.#held.add(lock);
    lock.signal.addEventListener('abort', () => this.#held.delete(lock), { once: true });
    return lock;
  }
}
