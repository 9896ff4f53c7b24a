/**
 * The time from the moment a place's turn has come until the place is released or lost. Invariant: its signal is
 * aborted before another client can have the turn, as long as the session reports its loss in time. If another client
 * deletes the key, the signal is aborted as soon as etcd reports that.
 */
import type { CallOptions } from '../calls.js';
import { Changes } from '../changes.js';
import { Effort } from '../effort.js';
import { ClosedError, SessionLostError } from '../errors.js';
import type { Session } from '../session.js';
import type { Place } from './place.js';
import { retire } from './retire.js';

export class Tenure {
  readonly #session: Session;
  readonly #place: Place;
  readonly #what: string;
  readonly #release: () => void;
  readonly #end = new AbortController();
  #lettingGo: Promise<void> | undefined;

  /**
   * @param what names it in errors, such as `the lock jobs/1f`
   * @param release ends what else was reserved for it
   */
  constructor(session: Session, place: Place, what: string, release: () => void) {
    this.#session = session;
    this.#place = place;
    this.#what = what;
    this.#release = release;
    const { signal } = session;
    const lose = () => this.#lose(signal.reason as Error);
    signal.addEventListener('abort', lose, { signal: this.#end.signal });
    if (signal.aborted) lose();
    else void this.#watch().catch(() => undefined);
  }

  /** Aborted once it is over, with the reason. */
  get signal(): AbortSignal {
    // A session whose time is over notices it when it is asked, and ends this too.
    void this.#session.alive;
    return this.#end.signal;
  }

  /** Ends it because the key is gone. */
  loseKey(): void {
    this.#lose(new SessionLostError(`${this.#what} is lost: another client deleted its key`));
  }

  /**
   * Ends it and gives the place up; afterwards it does nothing more. It keeps trying until etcd has confirmed that or
   * the session is over, even if it rejects with the signal's reason before.
   *
   * @param how completes the sentence in the signal's reason, such as `was unlocked`
   */
  async letGo(how: string, { signal }: CallOptions): Promise<void> {
    this.#lettingGo ??= this.#letGo(how);
    await new Effort(this.#session.options, signal).unlessAborted(this.#lettingGo);
  }

  async #letGo(how: string): Promise<void> {
    if (this.signal.aborted) return;
    this.#end.abort(new ClosedError(`${this.#what} ${how}`));
    // The next one of this session has the same key, so this one has to be out of the way first.
    await retire(this.#session, this.#place.key, this.#place.revision).finally(this.#release);
  }

  #lose(reason: Error): void {
    if (this.#end.signal.aborted) return;
    this.#end.abort(reason);
    this.#release();
  }

  /** Notices that another client deletes the key. */
  async #watch(): Promise<void> {
    const { client, options } = this.#session;
    const { key, revision } = this.#place;
    const effort = new Effort({ ...options, maxAttempts: Infinity }, this.#end.signal);
    const changes = new Changes(client, effort);
    for (;;) {
      const reply = await effort.repeat((call) => client.get(key).options(call).exec());
      if (Number(reply.kvs[0]?.create_revision ?? 0) !== revision) return this.loseKey();
      await changes.next({ key, afterRevision: Number(reply.header.revision), only: 'delete' });
    }
  }
}
