/**
 * Leading an election. Invariant: its signal is aborted before anybody else leads, as long as the session tells its
 * loss in time; what it proclaims, only it proclaims; and it resigns once.
 */
import type { CallOptions } from '../calls.js';
import { Effort } from '../effort.js';
import { ClosedError } from '../errors.js';
import type { Place } from '../line/place.js';
import { retire } from '../line/retire.js';
import { Tenure } from '../line/tenure.js';
import type { Session } from '../session.js';
import { Turns } from '../turns.js';

/** What a proclamation came to. */
export interface Proclaimed {
  /** Revision at which the value was written. */
  readonly revision: number;
}

export class Leadership {
  /** Key of the candidacy, without the client's namespace. */
  readonly key: string;
  /**
   * Create revision of the key: the term, and a fencing token. Whoever leads later has a larger one. What leaders write
   * can be guarded by transactions that compare the key's create revision with it.
   */
  readonly revision: number;
  /** Revision at which it was seen that nobody else leads. */
  readonly electedRevision: number;
  readonly #session: Session;
  readonly #tenure: Tenure;
  readonly #release: () => void;
  readonly #turns = new Turns();
  #resigning = false;
  #resigned: Promise<void> | undefined;

  /** @internal @param release lets the next campaign of this session begin */
  constructor(session: Session, place: Place & { readonly electedRevision: number }, release: () => void) {
    this.#session = session;
    this.key = place.key;
    this.revision = place.revision;
    this.electedRevision = place.electedRevision;
    this.#release = release;
    this.#tenure = new Tenure(session, place, `the leadership ${place.key}`);
    // Whoever was told of a loss may campaign again. One that resigns has to be out of the way first.
    const { signal } = this.#tenure;
    const lost = () => {
      if (!this.#resigning) release();
    };
    if (signal.aborted) release();
    else signal.addEventListener('abort', lost, { once: true });
  }

  /**
   * Aborted once it leads no longer: with a `SessionLostError` when the session is lost or somebody deleted the key
   * (the latter is told as soon as etcd tells it), with a `ClosedError` when it resigned or the session was closed.
   */
  get signal(): AbortSignal {
    return this.#tenure.signal;
  }

  /**
   * Writes a new value, once, while it leads. Calls take effect in the order in which they are made.
   *
   * Rejects with the signal's reason, the reason of {@link signal} where it leads no longer, or a `DefiniteError` where
   * etcd refuses: nothing was written and nothing will be. With an `IndefiniteError` where it was given up, or the
   * session was lost, while the value was on its way and etcd cannot be asked about it.
   */
  async proclaim(value: string | Buffer, { signal }: CallOptions = {}): Promise<Proclaimed> {
    const session = this.#session;
    const effort = new Effort(session.options, signal, this.signal);
    effort.begin();
    const applied = await this.#turns.take(effort, () =>
      session.once.apply(effort, {
        compares: [{ key: this.key, target: 'Create', result: 'Equal', value: this.revision }],
        writes: [session.client.put(this.key).value(value).lease(session.leaseId)],
      }),
    );
    if (applied.kind === 'applied') return { revision: applied.revision };
    this.#tenure.lose();
    throw this.signal.reason as Error;
  }

  /**
   * Lets the next candidate lead; the second time, or where it leads no longer, it does nothing more. From the call on
   * it counts as not leading. Goes on until etcd has heard of it or the session is over, even if it rejects with the
   * signal's reason before.
   */
  async resign({ signal }: CallOptions = {}): Promise<void> {
    this.#resigned ??= this.#resign();
    await new Effort(this.#session.options, signal).unlessAborted(this.#resigned);
  }

  async #resign(): Promise<void> {
    if (this.signal.aborted) return;
    this.#resigning = true;
    this.#tenure.end(new ClosedError(`the leadership ${this.key} was resigned`));
    try {
      await retire(this.#session, this.key, this.revision);
    } finally {
      this.#release();
    }
  }
}
