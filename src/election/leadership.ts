/**
 * Leading an election. Invariant: its signal is aborted before another candidate leads (see {@link Tenure}), and what
 * it proclaims is written only while it leads.
 */
import type { CallOptions } from '../calls.js';
import { createdAt } from '../commit/comparisons.js';
import { Effort } from '../effort.js';
import type { Place } from '../line/place.js';
import { Tenure } from '../line/tenure.js';
import type { Session } from '../session.js';
import { Turns } from '../turns.js';

/** The result of a proclamation. */
export interface Proclaimed {
  /** Revision at which the value was written. */
  readonly revision: number;
}

export class Leadership {
  /** Key of the candidacy, without the client's namespace. */
  readonly key: string;
  /**
   * Create revision of the key: the term, and a fencing token. A later leader has a larger one. Transactions can guard
   * what leaders write: they compare the key's create revision with it.
   */
  readonly revision: number;
  /** Revision of the read that showed no other leader. */
  readonly electedRevision: number;
  readonly #session: Session;
  readonly #tenure: Tenure;
  readonly #turns = new Turns();

  /** @internal @param release lets the next campaign of this session begin */
  constructor(session: Session, place: Place & { readonly electedRevision: number }, release: () => void) {
    this.#session = session;
    this.key = place.key;
    this.revision = place.revision;
    this.electedRevision = place.electedRevision;
    this.#tenure = new Tenure(session, place, `the leadership ${place.key}`, release);
  }

  /**
   * Aborted once it leads no longer. The reason is a `ClosedError` if it resigned or the session was closed. It is a
   * `SessionLostError` if the session was lost or another client deleted the key; etcd reports a deletion with some
   * delay.
   */
  get signal(): AbortSignal {
    return this.#tenure.signal;
  }

  /**
   * Writes a new value, once, while it leads. Calls take effect in the order in which you make them.
   *
   * Rejects with
   * - the signal's reason, the reason of {@link signal} if it leads no longer, or a `DefiniteError` if etcd refuses:
   *   nothing was written and nothing will be;
   * - an `IndefiniteError` if etcd cannot be asked about a value that was on its way when the call was given up or the
   *   session was lost.
   */
  async proclaim(value: string | Buffer, { signal }: CallOptions = {}): Promise<Proclaimed> {
    const session = this.#session;
    const effort = new Effort(session.options, signal, this.signal);
    effort.begin();
    const applied = await this.#turns.take(effort, () =>
      session.once.apply(effort, {
        compares: [createdAt(this.key, this.revision)],
        writes: [session.client.put(this.key).value(value).lease(session.leaseId)],
      }),
    );
    if (applied.kind === 'applied') return { revision: applied.revision };
    this.#tenure.loseKey();
    throw this.signal.reason as Error;
  }

  /**
   * Lets the next candidate lead; a second call only waits for the first. From the call on it counts as not leading. It
   * keeps trying until etcd has confirmed that or the session is over, even if it rejects with the signal's reason
   * before.
   */
  resign(options: CallOptions = {}): Promise<void> {
    return this.#tenure.letGo('was resigned', options);
  }
}
