/**
 * Reminds a watch stream, every ten minutes or a little more, to report progress to the watchers that
 * requested it. A watcher that has had events since is left out once. Invariant: the periods count from the
 * stream's opening, and nothing is scheduled without such a watcher.
 */
import type { MemberServer } from './server.js';

/** etcd's `--experimental-watch-progress-notify-interval`. */
const INTERVAL_MS = 10 * 60 * 1000;

export class ProgressTicker {
  readonly #server: MemberServer;
  readonly #tell: (id: bigint) => void;
  readonly #openedMs: number;
  #intervalMs = 0;
  /** By watcher: whether it is due at the next tick. */
  readonly #due = new Map<bigint, boolean>();
  #cancelTick: (() => void) | undefined;

  constructor(server: MemberServer, tell: (id: bigint) => void) {
    this.#server = server;
    this.#tell = tell;
    this.#openedMs = server.host.nowMs();
  }

  add(id: bigint): void {
    this.#due.set(id, true);
    this.#schedule();
  }

  delete(id: bigint): void {
    this.#due.delete(id);
    if (this.#due.size === 0) this.close();
  }

  /** The watcher has just had events. */
  skipNext(id: bigint): void {
    if (this.#due.has(id)) this.#due.set(id, false);
  }

  close(): void {
    this.#cancelTick?.();
    this.#cancelTick = undefined;
  }

  #schedule(): void {
    if (this.#cancelTick !== undefined) return;
    const { host, name } = this.#server;
    if (this.#intervalMs === 0) {
      // Streams that were opened together must not be reminded together.
      this.#intervalMs = INTERVAL_MS + (host.randomUint32(`${name}/progress`) % (INTERVAL_MS / 10));
    }
    const sinceMs = host.nowMs() - this.#openedMs;
    this.#cancelTick = host.scheduleHousekeeping(this.#intervalMs - (sinceMs % this.#intervalMs), () => {
      this.#cancelTick = undefined;
      for (const [id, due] of [...this.#due]) {
        this.#due.set(id, true);
        if (due) this.#tell(id);
      }
      if (this.#due.size > 0) this.#schedule();
    });
  }
}
