/**
 * The session of a node, shared by all its work. Invariant: every caller gets one that is neither closed nor
 * known to be lost.
 */
import { pause } from './timing.js';

/** The part of a session that matters here. */
export interface EndingSession {
  /** Whether it is usable: neither closed nor known to be lost. */
  readonly alive: boolean;
  close(): Promise<void>;
}

const PAUSE_AFTER_FAILURE_MS = 50;

/** The node's session; a new one if the last was closed or lost. */
export class SharedSession<Session extends EndingSession> {
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

  /** Never rejects: a session that cannot be closed at etcd ends by itself. */
  async close(): Promise<void> {
    const session = await this.#current?.catch(() => undefined);
    this.#current = undefined;
    await session?.close().catch(() => undefined);
  }
}
