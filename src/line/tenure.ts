/**
 * What is held from the moment a place's turn has come until it is let go of or lost. Invariant: its signal is aborted
 * before anybody else can have the turn, as long as the session tells its loss in time; a key that somebody else
 * deleted is told as soon as etcd tells it.
 */
import { Changes } from '../changes.js';
import { Effort } from '../effort.js';
import { SessionLostError } from '../errors.js';
import type { Session } from '../session.js';
import type { Place } from './place.js';

export class Tenure {
  readonly #session: Session;
  readonly #place: Place;
  readonly #what: string;
  readonly #end = new AbortController();

  /** @param what names it in errors, such as `the lock jobs/1f` */
  constructor(session: Session, place: Place, what: string) {
    this.#session = session;
    this.#place = place;
    this.#what = what;
    const { signal } = session;
    const lose = () => this.end(signal.reason as Error);
    signal.addEventListener('abort', lose, { once: true });
    this.#end.signal.addEventListener('abort', () => signal.removeEventListener('abort', lose), {
      once: true,
    });
    if (signal.aborted) lose();
    else void this.#watch().catch(() => undefined);
  }

  /** Aborted once it is over, with the reason. */
  get signal(): AbortSignal {
    // Asking the session tells its loss to this one, too, if its time is over.
    void this.#session.alive;
    return this.#end.signal;
  }

  /** Ends it, unless it is over. */
  end(reason: Error): void {
    if (!this.#end.signal.aborted) this.#end.abort(reason);
  }

  /** Ends it because the key is gone. */
  lose(): void {
    this.end(new SessionLostError(`${this.#what} is lost: another client deleted its key`));
  }

  /** Tells when the key is deleted by somebody else. */
  async #watch(): Promise<void> {
    const { client, options } = this.#session;
    const { key, revision } = this.#place;
    const effort = new Effort({ ...options, maxAttempts: Infinity }, this.#end.signal);
    const changes = new Changes(client, effort);
    for (;;) {
      const reply = await effort.repeat((call) => client.get(key).options(call).exec());
      if (Number(reply.kvs[0]?.create_revision ?? 0) !== revision) return this.lose();
      await changes.next({ key, afterRevision: Number(reply.header.revision), only: 'delete' });
    }
  }
}
