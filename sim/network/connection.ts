/**
 * The connection between one node and one member, as grpc-js's pool of subchannels keeps it. Every channel of
 * the node to that member shares it. It opens when a channel needs it, becomes idle when it breaks, and stays
 * closed during the backoff after a failed attempt. Once no channel uses it, it is forgotten, backoff
 * included. Invariant: every channel that uses it hears of each change of its state, and every call on it
 * learns exactly once that it broke.
 */
import { Backoff } from './backoff.js';
import type { Carrier } from './carrier.js';
import type { Exchange } from './exchange.js';

export type ConnectionState = 'idle' | 'connecting' | 'ready' | 'failed';

/** A channel, as the connection uses it. */
export interface ConnectionUser {
  /** A call prefers waiting to failing. */
  readonly isAwaited: boolean;
  onConnection(state: ConnectionState): void;
}

/** How a connection ends: the member's side resets it, or dies and closes it. */
export type ConnectionEnd = 'reset' | 'closed';

/** Linux: the first packet of a connection is resent after 1 s, 3 s, 7 s and so on, seven times in all. */
const FIRST_PACKET_AGAIN_MS = 1000;
const FIRST_PACKETS = 7;

export class Connection {
  readonly #link: Carrier;
  readonly #backoff: Backoff;
  #state: ConnectionState = 'idle';
  /** An attempt follows at once when the backoff is over. */
  #goesOn = false;
  readonly #users = new Set<ConnectionUser>();
  /** Calls that run on the connection. */
  #open = new Set<Exchange>();
  /** Calls on a connection that no channel uses any more; they may end there. */
  #lingering = new Set<Exchange>();
  /** Calls that wait for it in their channels. */
  readonly waiting = new Set<Exchange>();
  /** Numbers the attempts, so that news of an older one is ignored. */
  #attempt = 0;
  #stopKnocking = (): void => undefined;
  /** The member's end is gone, but the node does not know it: nothing passes. */
  #severed = false;
  #forgetNews = (): void => undefined;
  #lastError = '';

  constructor(link: Carrier) {
    this.#link = link;
    this.#backoff = new Backoff(link, () => this.#onBackoffOver());
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Why the last attempt failed, in grpc-js's words. */
  get lastError(): string {
    return this.#lastError;
  }

  /** Calls that run on the connection or wait for it. */
  get calls(): readonly Exchange[] {
    return [...this.waiting, ...this.#open, ...this.#lingering];
  }

  use(user: ConnectionUser): void {
    this.#users.add(user);
  }

  leave(user: ConnectionUser): void {
    this.#users.delete(user);
  }

  /** A channel was closed. A connection without any channel is given up, but its calls may finish on it. */
  forgetIfUnused(): void {
    if (this.#users.size > 0) return;
    this.#attempt++;
    this.#stopKnocking();
    this.#backoff.reset();
    this.#goesOn = false;
    this.#state = 'idle';
    if (this.#severed) {
      // Calls on it hear nothing until the news arrives.
      this.#severed = false;
      for (const call of this.#open) call.vanish();
    }
    for (const call of this.#open) this.#lingering.add(call);
    this.#open.clear();
  }

  /**
   * The node's process has died. The returned function makes the member forget its calls, as it does when it
   * hears of the death.
   */
  abandon(): () => void {
    this.#users.clear();
    this.waiting.clear();
    this.forgetIfUnused();
    const calls = [...this.#lingering];
    return () => {
      for (const call of calls) {
        call.vanish();
        this.#lingering.delete(call);
      }
    };
  }

  /** Runs a call on the established connection. */
  run(call: Exchange): void {
    this.#open.add(call);
    call.begin();
  }

  /** The call is refused before it is sent; its node learns that in a moment. */
  failSoon(call: Exchange, details: string): void {
    this.#link.toNode(0, 'refused', () => call.fail(details));
  }

  /** The call has ended, for any reason. */
  detach(call: Exchange): void {
    this.waiting.delete(call);
    this.#open.delete(call);
    this.#lingering.delete(call);
  }

  /** True while `call` runs here: its messages can arrive. */
  carries(call: Exchange): boolean {
    return !this.#severed && (this.#open.has(call) || this.#lingering.has(call));
  }

  /** Starts connecting if the connection is idle; after a failure, as soon as the backoff is over. */
  connect(): void {
    if (this.#state === 'idle') this.#begin();
    else if (this.#state === 'failed') this.#goesOn = true;
  }

  /** A call waits for the connection, so the run must wait for the next attempt. */
  await(): void {
    this.#backoff.await();
  }

  /**
   * Breaks the connection: messages on their way are lost, the member forgets the calls, and the node learns
   * it now. Returns how many calls were cut.
   */
  reset(end: ConnectionEnd = 'reset'): number {
    if (this.#state !== 'ready') return this.#break(end);
    const delayUs = this.#link.closeDelayUs();
    if (delayUs === 0) return this.#break(end);
    const cut = this.sever();
    if (delayUs !== undefined) {
      this.#forgetNews();
      this.#forgetNews = this.#link.toNode(delayUs, 'close', () => this.#hearOfEnd(end));
    }
    return cut;
  }

  /**
   * The member's end of the connection disappears, with the messages on their way, and the node does not
   * learn it. Returns how many calls were cut.
   */
  sever(): number {
    if (this.#state !== 'ready' || this.#severed) return 0;
    this.#severed = true;
    const cut = [...this.#open, ...this.#lingering];
    for (const call of cut) call.vanish();
    return Math.max(1, cut.length);
  }

  #hearOfEnd(end: ConnectionEnd): void {
    if (this.#severed) {
      this.#break(end);
      return;
    }
    for (const call of [...this.#lingering]) if (call.isForgotten) call.fail(DETAILS[end]);
  }

  #break(end: ConnectionEnd): number {
    this.#severed = false;
    this.#forgetNews();
    const cut = [...this.#open, ...this.#lingering];
    this.#open.clear();
    this.#lingering.clear();
    const wasConnecting = this.#state === 'connecting';
    const touched = wasConnecting || this.#state === 'ready' || cut.length > 0;
    if (wasConnecting) {
      // The news that it is established may be on its way; this close is newer.
      this.#attempt++;
      const fail = this.#ifCurrent(() => this.#fail(RESET));
      this.#link.toNode(0, 'reset', fail);
    } else if (this.#state === 'ready') {
      this.#enter('idle');
    }
    for (const call of cut) call.vanish();
    if (cut.length > 0) {
      this.#link.toNode(0, 'reset', () => {
        for (const call of cut) call.fail(DETAILS[end]);
      });
    }
    return touched ? Math.max(1, cut.length + (wasConnecting ? this.waiting.size : 0)) : 0;
  }

  #begin(): void {
    this.#goesOn = false;
    this.#attempt++;
    this.#backoff.start();
    this.#enter('connecting');
    this.#knock(1, FIRST_PACKET_AGAIN_MS);
  }

  #knock(count: number, againAfterMs: number): void {
    const { address } = this.#link;
    this.#link.connect(
      this.#ifCurrent(() => this.#establish()),
      this.#ifCurrent(() => this.#fail(`Error: connect ECONNREFUSED ${address}`)),
    );
    const knockAgain = this.#ifCurrent(() => {
      if (count < FIRST_PACKETS) this.#knock(count + 1, againAfterMs * 2);
      else this.#fail(`Error: connect ETIMEDOUT ${address}`);
    });
    this.#stopKnocking = this.#link.toNode(againAfterMs * 1000, 'connect again', knockAgain);
  }

  #ifCurrent(action: () => void): () => void {
    const attempt = this.#attempt;
    return () => {
      if (this.#attempt === attempt && this.#state === 'connecting') action();
    };
  }

  #establish(): void {
    this.#backoff.reset();
    this.#enter('ready');
  }

  #fail(error: string): void {
    this.#lastError = error;
    this.#enter('failed');
    if (!this.#backoff.isRunning) this.#onBackoffOver();
    else if ([...this.#users].some(({ isAwaited }) => isAwaited)) this.#backoff.await();
  }

  #onBackoffOver(): void {
    if (this.#state !== 'failed') return;
    if (this.#goesOn) this.#begin();
    else this.#enter('idle');
  }

  #enter(state: ConnectionState): void {
    this.#stopKnocking();
    this.#state = state;
    for (const user of [...this.#users]) {
      if (this.#users.has(user)) user.onConnection(state);
    }
  }
}

const RESET = 'read ECONNRESET';
const DETAILS: Readonly<Record<ConnectionEnd, string>> = { reset: RESET, closed: 'Connection dropped' };
