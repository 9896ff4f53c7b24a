/**
 * A barrier that a number of processes enter together and leave together, round after round. Invariant: the state of a
 * handle (outside, inside or unknown) agrees with its key in etcd, so no key is left behind unnoticed.
 *
 * The keys are those of `clientv3/experimental/recipes/double_barrier.go`: `<name>/waiters/<nanoseconds>` under the
 * session's lease, and `<name>/ready`.
 */
import { Calls, type CallOptions } from '../calls.js';
import type { Effort } from '../effort.js';
import { DefiniteError, IndefiniteError, SessionLostError } from '../errors.js';
import type { Session } from '../session.js';
import { join, roundOf, withdraw, type Entrance } from './enter.js';
import { leave, type Member } from './leave.js';
import { toldAsLoss } from './lost-session.js';
import { DoubleBarrierKeys, type Waiter } from './double-barrier-keys.js';

/** The transaction that completes a round compares every waiter's key; etcd allows 128 operations in one. */
const COUNT_MAX = 126;

/** A round that was entered. */
export interface EnteredRound {
  /** Revision at which the round was complete: equal for all in it, and larger than that of any earlier round. */
  readonly round: number;
  /** Key of this process among the waiters, without the client's namespace. */
  readonly key: string;
  /** Create revision of the key. */
  readonly revision: number;
}

type State =
  | { readonly kind: 'outside' }
  /** A call ended before it learned whether this key is there, or whether its round is complete. */
  | { readonly kind: 'unknown'; readonly key: string }
  | { readonly kind: 'inside'; readonly member: Member };

/**
 * A distributed double barrier, shared by every process that opens it under the same name, processes with etcd's Go
 * recipe included. A handle stands for one process: it enters, leaves, and enters again. Two processes, or two parts of
 * one, need two handles.
 */
export class DoubleBarrier {
  readonly #session: Session;
  readonly #entrance: Entrance;
  readonly #calls: Calls;
  #state: State = { kind: 'outside' };
  #busy = false;

  /**
   * @param name of the barrier; it touches no keys but `<name>/ready` and `<name>/waiters/<digits>`
   * @param count of processes in a round: a whole number from 1 to 126, the same for all
   *
   * Throws a `RangeError` for another count.
   */
  constructor(session: Session, name: string, count: number) {
    if (!Number.isInteger(count) || count < 1 || count > COUNT_MAX) {
      throw new RangeError(`expected count to be a whole number from 1 to ${COUNT_MAX}, got ${count}`);
    }
    this.#session = session;
    this.#entrance = { session, keys: new DoubleBarrierKeys(session.client, name), name, count };
    this.#calls = new Calls(`the double barrier ${name}`, session.options, session.signal);
  }

  /**
   * Waits until `count` processes, this one included, want to enter, and enters with them. If processes are still
   * leaving an earlier round, it waits for them first.
   *
   * Rejects with
   * - a `TooManyClientsError` if `count` others are waiting or inside;
   * - a `SessionLostError` or a `ClosedError` at once if the session is lost or closed: others may have entered and
   *   counted this process;
   * - the signal's reason, a `ClosedError`, or a `DefiniteError` if etcd refuses, `maxAttempts` are used up or this handle
   *   is inside already: it has not entered, and no other process counts it;
   * - an `IndefiniteError` if etcd cannot be asked any more: it may have entered. `enter` continues from there. `leave`
   *   ends it, and so does closing the session.
   *
   * If you give it up it withdraws, or resolves if the round was complete before that. This takes no longer than
   * `requestTimeoutMs` plus 5 seconds.
   */
  enter(options: CallOptions = {}): Promise<EnteredRound> {
    return this.#run(options, async (effort) => {
      if (this.#state.kind === 'inside') {
        if (!this.#state.member.gone) throw new DefiniteError(`${this.#name} is already entered`);
        this.#state = { kind: 'outside' };
      }
      effort.begin();
      const own = (await this.#unknownWaiter(effort)) ?? (await this.#join(effort));
      const member = { own, round: await this.#round(effort, own), gone: false };
      this.#state = { kind: 'inside', member };
      return { round: member.round, ...own };
    });
  }

  /**
   * Leaves, and waits until all processes of the round leave or their sessions have ended. It does not wait for processes
   * that want to enter the next round.
   *
   * Rejects with
   * - a `SessionLostError` at once if the session ends: the others no longer wait for this process;
   * - the signal's reason, a `ClosedError`, or a `DefiniteError` if etcd refuses or `maxAttempts` are used up: it may have
   *   begun to leave, and `leave` continues from there;
   * - a `DefiniteError` if this handle has not entered;
   * - an `IndefiniteError` if etcd cannot be asked any more: `leave` continues from there.
   */
  leave(options: CallOptions = {}): Promise<void> {
    return this.#run(options, async (effort) => {
      effort.begin();
      const member = await this.#toLeave(effort);
      if (member !== undefined) await leave(this.#entrance, effort, member);
      this.#state = { kind: 'outside' };
    });
  }

  /**
   * Ends the calls that are under way, as an abort would, and deletes this process's key. If it is inside, the others no
   * longer wait for it. Rejects with etcd's error, or with the signal's reason; you may repeat it. Closing the session has
   * the same effect.
   */
  async close(options: CallOptions = {}): Promise<void> {
    await this.#calls.close();
    if (this.#state.kind === 'outside' || !this.#session.alive) return;
    const key = this.#state.kind === 'unknown' ? this.#state.key : this.#state.member.own.key;
    await this.#session.once.apply(this.#calls.tidying(options), {
      compares: [],
      writes: [this.#session.client.delete().key(key)],
    });
    this.#state = { kind: 'outside' };
  }

  get #name(): string {
    return `the double barrier ${this.#entrance.name}`;
  }

  /** One call at a time; if it fails because the session has ended, its error says so. */
  #run<T>(options: CallOptions, body: (effort: Effort) => Promise<T>): Promise<T> {
    return this.#calls.run(options, async (effort) => {
      if (this.#busy) throw new DefiniteError(`this handle of ${this.#name} already has a call in flight`);
      this.#busy = true;
      try {
        return await body(effort);
      } catch (error) {
        const told = await toldAsLoss(this.#session, effort, error);
        if (told instanceof SessionLostError) this.#state = { kind: 'outside' };
        throw told;
      } finally {
        this.#busy = false;
      }
    });
  }

  async #join(effort: Effort): Promise<Waiter> {
    let key: string | undefined;
    try {
      return await join(this.#entrance, effort, (announced) => (key = announced));
    } catch (error) {
      if (error instanceof IndefiniteError && key !== undefined) this.#state = { kind: 'unknown', key };
      throw error;
    }
  }

  /** The revision at which the waiter's round is complete. If it rejects, the waiter has withdrawn if it could. */
  async #round(effort: Effort, own: Waiter): Promise<number> {
    this.#state = { kind: 'unknown', key: own.key };
    try {
      return await roundOf(this.#entrance, effort, own);
    } catch (error) {
      // A lost session takes the key with it.
      if (!this.#session.alive) throw error;
      const withdrawal = await withdraw(this.#entrance, effort, own);
      if (withdrawal.kind === 'complete') return withdrawal.round;
      this.#state = { kind: 'outside' };
      throw error;
    }
  }

  /** The waiter of this process, if its state is unknown and its key is there. */
  async #unknownWaiter(effort: Effort): Promise<Waiter | undefined> {
    if (this.#state.kind !== 'unknown') return undefined;
    const { key } = this.#state;
    const { waiters } = await this.#entrance.keys.look(effort);
    return waiters.find((waiter) => waiter.key === key);
  }

  /** The round to leave. Undefined if this process turns out not to be inside: then it has withdrawn. */
  async #toLeave(effort: Effort): Promise<Member | undefined> {
    switch (this.#state.kind) {
      case 'outside':
        throw new DefiniteError(`${this.#name} is not entered`);
      case 'inside':
        return this.#state.member;
      case 'unknown': {
        const own = await this.#unknownWaiter(effort);
        if (own === undefined) return undefined;
        const withdrawal = await withdraw(this.#entrance, effort, own);
        if (withdrawal.kind === 'withdrawn') return undefined;
        const member = { own, round: withdrawal.round, gone: false };
        this.#state = { kind: 'inside', member };
        return member;
      }
    }
  }
}
