/** A lock that is held. Invariant: its signal is aborted before another client can have the lock; see {@link Tenure}. */
import type { CallOptions } from '../calls.js';
import type { Place } from '../line/place.js';
import { Tenure } from '../line/tenure.js';
import type { Session } from '../session.js';

export class HeldLock {
  /** Key under which it is held, without the client's namespace. */
  readonly key: string;
  /**
   * Create revision of the key: the fencing token. A later holder has a larger one. What the lock guards can refuse
   * smaller tokens, or be written by transactions that compare the key's create revision with this one.
   */
  readonly revision: number;
  /** Revision of the read that showed no other holder. */
  readonly grantedRevision: number;
  readonly #tenure: Tenure;

  /** @param release ends what else was reserved for it */
  constructor(session: Session, place: Place & { readonly grantedRevision: number }, release: () => void) {
    this.key = place.key;
    this.revision = place.revision;
    this.grantedRevision = place.grantedRevision;
    this.#tenure = new Tenure(session, place, `the lock ${place.key}`, release);
  }

  /**
   * Aborted once the lock is no longer held. The reason is a `ClosedError` if it was unlocked or the session was
   * closed. It is a `SessionLostError` if the session was lost or another client deleted the key; etcd reports a
   * deletion with some delay.
   */
  get signal(): AbortSignal {
    return this.#tenure.signal;
  }

  /** Whether it is held, as far as this process can know. */
  get held(): boolean {
    return !this.signal.aborted;
  }

  /**
   * Releases the lock; a second call only waits for the first. From the call on it counts as not held. It keeps trying
   * until etcd has confirmed that or the session is over, even if it rejects with the signal's reason before.
   */
  unlock(options: CallOptions = {}): Promise<void> {
    return this.#tenure.letGo('was unlocked', options);
  }
}
