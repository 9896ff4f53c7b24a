/**
 * A lock that many readers or one writer hold. Invariant: a reader holds it once no writer is ahead of it in the line,
 * a writer once nobody is.
 *
 * The keys are those of `clientv3/experimental/recipes/rwmutex.go`: `<name>/read/<nanoseconds>` and
 * `<name>/write/<nanoseconds>`.
 */
import { Calls, type CallOptions } from '../calls.js';
import { Line } from '../line/line.js';
import { nanoseconds } from '../nanoseconds.js';
import type { Session } from '../session.js';
import { acquire, tryAcquire } from './acquire.js';
import type { HeldLock } from './held-lock.js';

const EVERYBODY = /^(read|write)\/\d+$/;
const WRITERS = /^\d+$/;

/**
 * A distributed lock for readers and writers, shared with processes that use etcd's Go recipe. Who comes first is
 * served first: readers that come after a waiting writer wait for it, so that neither starves. What {@link Mutex} says
 * of holders and fencing tokens holds here.
 */
export class RWMutex {
  readonly #session: Session;
  readonly #name: string;
  readonly #everybody: Line;
  readonly #writers: Line;
  readonly #calls: Calls;
  readonly #held = new Set<HeldLock>();

  /** @param name of the lock; nothing but the keys `<name>/read/<digits>` and `<name>/write/<digits>` is ever touched */
  constructor(session: Session, name: string) {
    this.#session = session;
    this.#name = name;
    this.#everybody = new Line(session.client, { prefix: `${name}/`, shape: EVERYBODY });
    this.#writers = new Line(session.client, { prefix: `${name}/write/`, shape: WRITERS });
    this.#calls = new Calls(`the lock ${name}`, session.options, session.signal);
  }

  /** Waits until it is the only holder. Rejects as `Mutex.lock` does. */
  lock(options: CallOptions = {}): Promise<HeldLock> {
    return this.#wait('write', options);
  }

  /** Waits until no writer holds it or came before. Rejects as `Mutex.lock` does. */
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

  /** Gives up every wait of this handle and lets go of the locks that were got by it. */
  async close(options: CallOptions = {}): Promise<void> {
    await this.#calls.close();
    await Promise.all([...this.#held].map((lock) => lock.unlock(options)));
  }

  #wait(kind: 'read' | 'write', options: CallOptions): Promise<HeldLock> {
    return this.#calls.run(options, async (effort) =>
      this.#keep(await acquire({ ...this.#placeOf(kind), session: this.#session, effort })),
    );
  }

  #try(kind: 'read' | 'write', options: CallOptions): Promise<HeldLock | undefined> {
    return this.#calls.run(options, async (effort) => {
      const lock = await tryAcquire({ ...this.#placeOf(kind), session: this.#session, effort });
      return lock === undefined ? undefined : this.#keep(lock);
    });
  }

  #placeOf(kind: 'read' | 'write') {
    return {
      line: kind === 'write' ? this.#everybody : this.#writers,
      key: `${this.#name}/${kind}/${nanoseconds()}`,
      release: () => undefined,
    };
  }

  #keep(lock: HeldLock): HeldLock {
    this.#held.add(lock);
    lock.signal.addEventListener('abort', () => this.#held.delete(lock), { once: true });
    return lock;
  }
}
