/**
 * A handle under a session, which is opened when it is first needed, and again after it was lost. Invariant: there
 * is at most one session that has not ended.
 */
import type { Namespace } from 'etcd3';
import type { CallOptions } from '../calls.js';
import { messageOf, SessionLostError } from '../errors.js';
import { Session } from '../session.js';

/** A handle of a recipe that lives under a session. */
interface Closable {
  close(options?: CallOptions): Promise<void>;
}

export class SessionBound<Handle extends Closable> {
  readonly #client: Namespace;
  readonly #make: (session: Session) => Handle;
  readonly #tell: (line: string) => void;
  #told: SessionLostError | undefined;
  #open: { readonly session: Session; readonly handle: Handle } | undefined;

  /** @param tell receives one line when the session is lost */
  constructor(client: Namespace, make: (session: Session) => Handle, tell: (line: string) => void) {
    this.#client = client;
    this.#make = make;
    this.#tell = tell;
  }

  /** The handle, under a session that has not ended as far as is known. */
  async handle(signal: AbortSignal): Promise<Handle> {
    if (this.#open?.session.alive) return this.#open.handle;
    // The handle of a session that was lost has nothing left to release.
    await this.#open?.handle.close({ signal }).catch(() => undefined);
    this.#open = undefined;
    const session = await Session.open(this.#client, { signal });
    this.#open = { session, handle: this.#make(session) };
    this.tellLoss(session.signal, '; the next command opens a new one');
    return this.#open.handle;
  }

  /** Tells when something that is held under the session is lost, unless the session's own loss was reported before. */
  tellLoss(signal: AbortSignal, and = ''): void {
    const lost = () => {
      const reason: unknown = signal.reason;
      if (!(reason instanceof SessionLostError) || reason === this.#told) return;
      this.#told = reason;
      this.#tell(`${reason.message}${and}`);
    };
    if (signal.aborted) lost();
    else signal.addEventListener('abort', lost, { once: true });
  }

  /** Closes the handle and revokes the session. */
  async close(options: CallOptions): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    try {
      // Revoking the session releases everything that the handle could not.
      await open.handle.close(options).finally(() => open.session.close(options));
    } catch (error) {
      const late = `the session expires within ${open.session.ttlSeconds} s`;
      throw new Error(`${messageOf(error)}; ${late}`, { cause: error });
    }
  }
}
