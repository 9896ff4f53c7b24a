/**
 * A lock that many readers or one writer hold. Invariant: a reader holds it only if no writer is ahead of it in the
 * line, a writer only if nothing is.
 *
 * The keys are those of `clientv3/experimental/recipes/rwmutex.go`: `<name>/read/<nanoseconds>` and
 * `<name>/write/<nanoseconds>`.
 */
import { Calls, type CallOptions } from '../calls.js';
import type { Effort } from '../effort.js';
import { Holdings } from '../line/holdings.js';
import { Line } from '../line/line.js';
import { nanoseconds } from '../nanoseconds.js';
import type { Session } from '../session.js';
import { acquire, tryAcquire, type Acquisition } from './acquire.js';
import type { HeldLock } from './held-lock.js';

const READERS_AND_WRITERS = /^(read|write)\/\d+$/;
const WRITERS = /^\d+$/;

/**
 * A distributed lock for readers and writers, shared with processes that use etcd's Go recipe. First come, first served:
 * readers that come after a waiting writer wait for it, so neither kind starves. Holders and fencing tokens are those of
 * {@link Mutex}.
 */
export class RWMutex {
  readonly #session: Session;
  readonly #name: string;
  readonly #all: Line;
  readonly #writers: Line;
  readonly #calls: Calls;
  readonly #held = new Holdings<HeldLock>();

  /** @param name of the lock; it touches no keys but `<name>/read/<digits>` and `<name>/write/<digits>` */
  constructor(session: Session, name: string) {
    this.#session = session;
    this.#name = name;
    this.#all = new Line(session.client, { name, shape: READERS_AND_WRITERS });
    this.#writers = new Line(session.client, { name: `${name}/write`, shape: WRITERS });
    this.#calls = new Calls(`the lock ${name}`, session.options, session.signal);
  }

  /** Waits until it is the only holder. Rejects as `Mutex.lock` does. */
  lock(options: CallOptions = {}): Promise<HeldLock> {
    return this.#wait('write', options);
  }

  /** Waits until no writer holds it or is ahead. Rejects as `Mutex.lock` does. */
  readLock(options: CallOptions = {}): Promise<HeldLock> {
    return this.#wait('read', options);
  }

  /** The lock for writing if it is free, else undefined. */
  tryLock(options: CallOptions = {}): Promise<HeldLock | undefined> {
    return this.#try('write', options);
  }

  /** The lock for reading if no writer has it or waits for it, else undefined. */
  tryReadLock(options: CallOptions = {}): Promise<HeldLock | undefined> {
    return this.#try('read', options);
  }

  /** Gives up every wait of this handle and unlocks what it holds. */
  async close(options: CallOptions = {}): Promise<void> {
    await this.#calls.close();
    await Promise.all(this.#held.all.map((lock) => lock.unlock(options)));
  }

  #wait(kind: 'read' | 'write', options: CallOptions): Promise<HeldLock> {
    return this.#calls.run(options, async (effort) =>
      this.#held.keep(await acquire(this.#acquisition(kind, effort))),
    );
  }

  #try(kind: 'read' | 'write', options: CallOptions): Promise<HeldLock | undefined> {
    return this.#calls.run(options, async (effort) => {
      const lock = await tryAcquire(this.#acquisition(kind, effort));
      return lock === undefined ? undefined : this.#held.keep(lock);
    });
  }

  #acquisition(kind: 'read' | 'write', effort: Effort): Acquisition {
    const session = this.#session;
    const line = kind === 'write' ? this.#all : this.#writers;
    for (;;) {
      const key = `${this.#name}/${kind}/${nanoseconds()}`;
      const release = session.reservations.tryReserve(key);
      if (release !== undefined) return { session, effort, line, key, release };
      // Another call of this session has drawn these very nanoseconds.
    }
  }
}
