/**
 * A lock that is held. Invariant: its signal is aborted before anybody else can have the lock, as long as the session
 * tells its loss in time; and it is let go of once.
 */
import type { CallOptions } from '../calls.js';
import { Effort } from '../effort.js';
import { ClosedError } from '../errors.js';
import type { Place } from '../line/place.js';
import { retire } from '../line/retire.js';
import { Tenure } from '../line/tenure.js';
import type { Session } from '../session.js';

export class HeldLock {
  /** Key under which it is held, without the client's namespace. */
  readonly key: string;
  /**
   * Create revision of the key: the fencing token. Whoever holds the lock later has a larger one. What it guards can
   * refuse smaller ones, or be written by transactions that compare the key's create revision with it.
   */
  readonly revision: number;
  /** Revision at which it was seen that nobody else holds it. */
  readonly grantedRevision: number;
  readonly #session: Session;
  readonly #tenure: Tenure;
  readonly #release: () => void;
  #unlocking = false;
  #letGo: Promise<void> | undefined;

  /** @param release ends what else was reserved for it */
  constructor(session: Session, place: Place & { readonly grantedRevision: number }, release: () => void) {
    this.#session = session;
    this.key = place.key;
    this.revision = place.revision;
    this.grantedRevision = place.grantedRevision;
    this.#release = release;
    this.#tenure = new Tenure(session, place, `the lock ${place.key}`);
    // Whoever was told of a loss may lock again. One that unlocks has to be out of the way first.
    const { signal } = this.#tenure;
    const lost = () => {
      if (!this.#unlocking) release();
    };
    if (signal.aborted) release();
    else signal.addEventListener('abort', lost, { once: true });
  }

  /**
   * Aborted once the lock is held no longer: with a `SessionLostError` when the session is lost or somebody deleted
   * the key (the latter is told as soon as etcd tells it), with a `ClosedError` when it was unlocked.
   */
  get signal(): AbortSignal {
    return this.#tenure.signal;
  }

  /** Whether it is held, as far as this process can know. */
  get held(): boolean {
    return !this.signal.aborted;
  }

  /**
   * Lets go of the lock; the second time it does nothing more. From the call on it counts as not held. Goes on until
   * etcd has heard of it or the session is over, even if it rejects with the signal's reason before.
   */
  async unlock({ signal }: CallOptions = {}): Promise<void> {
    this.#letGo ??= this.#unlock();
    await new Effort(this.#session.options, signal).unlessAborted(this.#letGo);
  }

  async #unlock(): Promise<void> {
    if (this.signal.aborted) return;
    this.#unlocking = true;
    this.#tenure.end(new ClosedError(`the lock ${this.key} was unlocked`));
    try {
      await retire(this.#session, this.key, this.revision);
    } finally {
      this.#release();
    }
  }
}
