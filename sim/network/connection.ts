/**
 * The connection between one node and one member, as grpc-js keeps it: opened by the first call, shared by every
 * channel of the node to that member, dropped to idle when it breaks, and after a refused attempt closed to new
 * calls until a backoff has passed. Invariant: every call that waits for the connection or runs on it is told
 * exactly once how that ended.
 */
import type { Exchange } from './exchange.js';
import type { Link } from './link.js';

export type ConnectionState = 'idle' | 'connecting' | 'ready' | 'refused';

/** grpc-js: the first backoff is 1 s, grows by 1.6 up to 120 s and is spread by a fifth in both directions. */
const BACKOFF_FIRST_MS = 1000;
const BACKOFF_MAX_MS = 120_000;
/** grpc-js: an attempt to connect is given up after 20 s. */
const CONNECT_TIMEOUT_MS = 20_000;

export class Connection {
  readonly #link: Link;
  #state: ConnectionState = 'idle';
  #waiting = new Set<Exchange>();
  #open = new Set<Exchange>();
  #backoffMs = 0;
  /** Tells attempts apart, so that news of an older one is ignored. */
  #attempt = 0;
  #lastError = '';
  readonly #watchers = new Set<() => void>();

  constructor(link: Link) {
    this.#link = link;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Calls that run on the connection or wait for it. */
  get calls(): readonly Exchange[] {
    return [...this.#waiting, ...this.#open];
  }

  /** Has `call` begin as soon as the connection stands, or fail. */
  attach(call: Exchange): void {
    switch (this.#state) {
      case 'ready':
        this.#open.add(call);
        call.begin();
        return;
      case 'refused':
        this.#link.toNode(0, 'refused', () => call.fail(this.#refusal()));
        return;
      case 'connecting':
        this.#waiting.add(call);
        return;
      case 'idle':
        this.#waiting.add(call);
        this.connect();
    }
  }

  /** The call has ended, for whatever reason. */
  detach(call: Exchange): void {
    this.#waiting.delete(call);
    this.#open.delete(call);
  }

  /** True while `call` runs on this very connection: what it sends can arrive. */
  carries(call: Exchange): boolean {
    return this.#open.has(call);
  }

  /** Starts connecting if the connection is idle. */
  connect(): void {
    if (this.#state !== 'idle') return;
    this.#enter('connecting');
    const attempt = ++this.#attempt;
    const ifCurrent = (action: () => void) => () => {
      if (this.#attempt === attempt && this.#state === 'connecting') action();
    };
    this.#link.connect(
      ifCurrent(() => this.#established()),
      ifCurrent(() => this.#refused(`connect ECONNREFUSED ${this.#link.member}`)),
    );
    this.#link.toNode(
      CONNECT_TIMEOUT_MS * 1000,
      'connect timeout',
      ifCurrent(() => this.#refused('connection attempt timed out')),
    );
  }

  /**
   * Breaks the connection: what is on its way is lost, the member forgets its calls, the node is told now.
   * Returns how many calls were cut.
   */
  reset(): number {
    if (this.#state === 'connecting') {
      const cut = this.#waiting.size;
      this.#link.toNode(0, 'reset', () => this.#refused('read ECONNRESET'));
      return Math.max(1, cut);
    }
    if (this.#state !== 'ready') return 0;
    const cut = [...this.#open];
    this.#open.clear();
    this.#enter('idle');
    for (const call of cut) call.vanish();
    this.#link.toNode(0, 'reset', () => {
      for (const call of cut) call.fail('Connection dropped');
    });
    return Math.max(1, cut.length);
  }

  /** Calls `watcher` at every change of state until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #established(): void {
    this.#backoffMs = 0;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    this.#enter('ready');
    for (const call of waiting) {
      this.#open.add(call);
      call.begin();
    }
  }

  #refused(error: string): void {
    if (this.#state !== 'connecting') return;
    this.#lastError = error;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    this.#enter('refused');
    const grown = Math.trunc((this.#backoffMs * 8) / 5);
    this.#backoffMs = Math.min(BACKOFF_MAX_MS, Math.max(BACKOFF_FIRST_MS, grown));
    const spreadMs = Math.trunc(this.#backoffMs / 5);
    const delayMs = this.#backoffMs + this.#link.randomInteger(-spreadMs, spreadMs);
    this.#link.toNode(delayMs * 1000, 'backoff', () => this.#enter('idle'));
    for (const call of waiting) call.fail(this.#refusal());
  }

  #refusal(): string {
    return `No connection established. Last error: ${this.#lastError}. Resolution note: `;
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    for (const watcher of [...this.#watchers]) watcher();
  }
}
