/**
 * A lock that is held. Invariant: its signal is aborted before anybody else can have the lock, as long as the session
 * tells its loss in time; and it is let go of once.
 */
import { Changes } from '../changes.js';
import type { CallOptions } from '../calls.js';
import { Effort } from '../effort.js';
import { ClosedError, SessionLostError } from '../errors.js';
import { givePlaceUp, type Place } from '../line/place.js';
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
  readonly #end = new AbortController();
  readonly #release: () => void;
  #letGo: Promise<void> | undefined;

  /** @param release ends what else was reserved for it */
  constructor(session: Session, place: Place & { readonly grantedRevision: number }, release: () => void) {
    this.#session = session;
    this.key = place.key;
    this.revision = place.revision;
    this.grantedRevision = place.grantedRevision;
    this.#release = release;
    const { signal } = session;
    const lose = () => this.#stop(signal.reason as Error);
    signal.addEventListener('abort', lose, { once: true });
    this.#end.signal.addEventListener('abort', () => signal.removeEventListener('abort', lose), {
      once: true,
    });
    if (signal.aborted) lose();
    else void this.#watch().catch(() => undefined);
  }

  /**
   * Aborted once the lock is held no longer: with a `SessionLostError` when the session is lost or somebody deleted
   * the key (the latter is told as soon as etcd tells it), with a `ClosedError` when it was unlocked.
   */
  get signal(): AbortSignal {
    // Asking the session tells its loss to this lock, too, if its time is over.
    void this.#session.alive;
    return this.#end.signal;
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
    this.#stop(new ClosedError(`the lock ${this.key} was unlocked`));
    try {
      await retire(this.#session, this.key);
    } finally {
      this.#release();
    }
  }

  #stop(reason: Error): void {
    if (!this.#end.signal.aborted) this.#end.abort(reason);
  }

  /** Tells when the key is deleted by somebody else. */
  async #watch(): Promise<void> {
    const { client, options } = this.#session;
    const effort = new Effort({ ...options, maxAttempts: Infinity }, this.#end.signal);
    const changes = new Changes(client, effort);
    for (;;) {
      const reply = await effort.repeat((call) => client.get(this.key).options(call).exec());
      if (Number(reply.kvs[0]?.create_revision ?? 0) !== this.revision) {
        this.#stop(new SessionLostError(`the lock ${this.key} is lost: somebody deleted its key`));
        return;
      }
      await changes.next({ key: this.key, afterRevision: Number(reply.header.revision), only: 'delete' });
    }
  }
}

/** Gives a place up, again and again until etcd has heard of it or the session is over. Never rejects. */
export async function retire(session: Session, key: string): Promise<void> {
  const effort = new Effort({ ...session.options, maxAttempts: Infinity }, session.signal);
  const backoff = effort.newBackoff();
  while (session.alive) {
    try {
      await givePlaceUp(session, effort, key);
      return;
    } catch {
      await effort.pause(backoff.nextMs()).catch(() => undefined);
    }
  }
}
