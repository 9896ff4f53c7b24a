/** The session of a node, shared by all it does. Invariant: whoever asks gets one that is neither closed nor known to be lost. */
import { pause } from './timing.js';

/** A session as far as it matters here. */
export interface EndingSession {
  /** Whether it is of use: neither closed nor known to be lost. */
  readonly alive: boolean;
  close(): Promise<void>;
}

const PAUSE_AFTER_FAILURE_MS = 50;

/** The node's session; a new one where the last was closed or lost. */
export class Sessions<Session extends EndingSession> {
  readonly #open: () => Promise<Session>;
  #current: Promise<Session> | undefined;

  constructor(open: () => Promise<Session>) {
    this.#open = open;
  }

  async get(): Promise<Session> {
    for (;;) {
      const opening = (this.#current ??= this.#open());
      try {
        const session = await opening;
        if (session.alive) return session;
      } catch {
        await pause(PAUSE_AFTER_FAILURE_MS);
      }
      if (this.#current === opening) this.#current = undefined;
    }
  }

  /** Never rejects: what etcd cannot be told of ends by itself. */
  async close(): Promise<void> {
    const session = await this.#current?.catch(() => undefined);
    this.#current = undefined;
    await session?.close().catch(() => undefined);
  }
}
