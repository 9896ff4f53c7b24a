/**
 * A barrier that a number of processes enter together and leave together, round after round. Invariant: whoever has
 * entered saw that as many as the barrier is for had come, and whoever has left saw that nobody of its round is inside.
 *
 * The keys are those of `clientv3/experimental/recipes/double_barrier.go`: `<name>/waiters/<nanoseconds>` under the
 * session's lease, and `<name>/ready`.
 */
import { Calls, type CallOptions } from '../calls.js';
import { Changes } from '../changes.js';
import type { Comparison } from '../commit/exactly-once.js';
import type { Effort } from '../effort.js';
import { DefiniteError, SessionLostError, TooManyClientsError } from '../errors.js';
import { givePlaceUp } from '../line/place.js';
import { retire } from '../line/retire.js';
import { nanoseconds } from '../nanoseconds.js';
import type { Session } from '../session.js';
import { Waiters, type Look, type Waiter } from './waiters.js';

/** A transaction of etcd has at most 128 comparisons, some of which are needed for other things. */
const COMPARED_WAITERS_MAX = 100;

type State =
  | { readonly kind: 'outside' }
  | { readonly kind: 'busy' }
  /** `round` is the create revision of the last one of its round. */
  | { readonly kind: 'inside'; readonly own: Waiter; readonly round: number; hasLeft: boolean };

type Inside = State & { readonly kind: 'inside' };

const OUTSIDE: State = { kind: 'outside' };
const BUSY: State = { kind: 'busy' };

/**
 * A distributed double barrier, shared by every process that uses it under the same name and count, those that use
 * etcd's Go recipe included. A handle may enter and leave again and again. Who comes while a round is still leaving
 * waits for its end. A process whose session ends has left.
 */
export class DoubleBarrier {
  readonly #session: Session;
  readonly #name: string;
  readonly #count: number;
  readonly #waiters: Waiters;
  readonly #calls: Calls;
  #state: State = OUTSIDE;

  /**
   * @param name of the barrier; nothing but the keys `<name>/ready` and `<name>/waiters/<digits>` is ever touched
   * @param count how many enter together, a whole number from 1 on. That all of them are still there when they are let
   *   in is compared for up to 100; of more, for the last 100
   * @throws RangeError
   */
  constructor(session: Session, name: string, count: number) {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`expected count to be a whole number, at least 1, got ${count}`);
    }
    this.#session = session;
    this.#name = name;
    this.#count = count;
    this.#waiters = new Waiters(session.client, name);
    this.#calls = new Calls(`the double barrier ${name}`, session.options, session.signal);
  }

  /**
   * Waits until `count` processes have come, itself included.
   *
   * Rejects with
   * - a {@link TooManyClientsError} where as many have come already, a `SessionLostError`, a `ClosedError`, a
   *   `DefiniteError` where etcd refuses or where the handle is inside or in use, the signal's reason: it has not
   *   entered, and is not counted;
   * - an `IndefiniteError` where etcd cannot be asked any more: it may be counted as inside until its session ends.
   *
   * Given up at the very moment when all have come, it resolves: it is inside then.
   */
  enter(options: CallOptions = {}): Promise<void> {
    return this.#calls.run(options, async (effort) => {
      if (this.#state.kind !== 'outside') throw this.#inUse('enter');
      this.#state = BUSY;
      let next: State = OUTSIDE;
      try {
        effort.begin();
        const changes = new Changes(this.#session.client, effort);
        const own = await this.#come(effort, changes);
        next = await this.#beLetIn(effort, changes, own);
      } finally {
        this.#state = next;
      }
    });
  }

  /**
   * Waits until everybody of the round has left, itself included.
   *
   * Rejects with a `SessionLostError` (it has left with its session), a `ClosedError`, a `DefiniteError` where etcd
   * refuses or where the handle is not inside or in use, an `IndefiniteError`, or the signal's reason. But for the
   * first it may be called again, and goes on where it was.
   */
  leave(options: CallOptions = {}): Promise<void> {
    return this.#calls.run(options, async (effort) => {
      const before = this.#state;
      if (before.kind !== 'inside') throw this.#inUse('leave');
      this.#state = BUSY;
      let next: State = before;
      try {
        effort.begin();
        await this.#leave(effort, before);
        next = OUTSIDE;
      } catch (error) {
        if (error instanceof SessionLostError) next = OUTSIDE;
        throw error;
      } finally {
        this.#state = this.#session.alive ? next : OUTSIDE;
      }
    });
  }

  /** Ends the calls that are under way; a handle that is inside leaves without waiting for the others. */
  async close(): Promise<void> {
    await this.#calls.close();
    const state = this.#state;
    if (state.kind === 'inside') await retire(this.#session, state.own.key);
    this.#state = OUTSIDE;
  }

  #inUse(what: string): DefiniteError {
    const why = { outside: 'it has not entered', busy: 'it is in use', inside: 'it has entered already' };
    return new DefiniteError(`cannot ${what} the double barrier ${this.#name}: ${why[this.#state.kind]}`);
  }

  /** Puts the own key, once no round is under way. */
  async #come(effort: Effort, changes: Changes): Promise<Waiter> {
    const { client, once, leaseId } = this.#session;
    const { readyKey } = this.#waiters;
    for (;;) {
      const look = await this.#waiters.look(effort);
      if (look.readyRevision > 0) {
        const inside = look.waiters.some(({ revision }) => revision <= look.lastRevision);
        if (inside) await changes.next(this.#waiters.changeAfter(look.revision, 'delete'));
        else await this.#removeLeftover(effort, look);
        continue;
      }
      if (look.waiters.length >= this.#count) throw this.#tooMany();
      const key = this.#waiters.prefix + nanoseconds();
      const applied = await once.apply(effort, {
        compares: [absent(readyKey), absent(key)],
        writes: [client.put(key).value('').lease(leaseId)],
      });
      if (applied.kind === 'applied') return { key, revision: applied.revision };
    }
  }

  /** Deletes the key that let in a round of which nobody is left: its last one died before it could. */
  async #removeLeftover(effort: Effort, { readyRevision, lastRevision, waiters }: Look): Promise<void> {
    const { client, once } = this.#session;
    const { prefix: key, prefixEnd: rangeEnd, readyKey } = this.#waiters;
    const nobodyOfIt: Comparison =
      waiters.length === 0
        ? { key, rangeEnd, target: 'Create', result: 'Equal', value: 0 }
        : { key, rangeEnd, target: 'Create', result: 'Greater', value: lastRevision };
    await once.apply(effort, {
      compares: [{ key: readyKey, target: 'Mod', result: 'Equal', value: readyRevision }, nobodyOfIt],
      writes: [client.delete().key(readyKey)],
    });
  }

  async #beLetIn(effort: Effort, changes: Changes, own: Waiter): Promise<State> {
    try {
      for (;;) {
        const look = await this.#waiters.look(effort);
        const place = look.waiters.findIndex(({ key }) => key === own.key);
        if (place < 0) throw this.#lost(own);
        const { readyRevision, lastRevision } = look;
        if (readyRevision > 0 ? own.revision > lastRevision : place >= this.#count) throw this.#tooMany();
        if (readyRevision > 0) return { kind: 'inside', own, round: lastRevision, hasLeft: false };
        if (look.waiters.length < this.#count) await changes.next(this.#waiters.changeAfter(look.revision));
        else await this.#letIn(effort, look.waiters.slice(0, this.#count));
      }
    } catch (error) {
      const round = await this.#withdraw(effort, own);
      if (round === undefined) throw error;
      if (effort.aborted && this.#session.alive) return { kind: 'inside', own, round, hasLeft: false };
      void retire(this.#session, own.key);
      throw error;
    }
  }

  /** Lets in those who have come, if all of them are still there and nobody else has let them in. */
  async #letIn(effort: Effort, waiters: readonly Waiter[]): Promise<void> {
    const { client, once } = this.#session;
    const { readyKey } = this.#waiters;
    await once.apply(effort, {
      compares: [
        absent(readyKey),
        ...waiters.slice(-COMPARED_WAITERS_MAX).map(({ key, revision }): Comparison => ({
          ...{ key, target: 'Create', result: 'Equal', value: revision },
        })),
      ],
      writes: [client.put(readyKey).value(String(waiters.at(-1)?.revision))],
    });
  }

  /**
   * Takes the own key back, unless it was let in meanwhile; resolves to the round then. What cannot be done at once
   * goes on behind the caller's back.
   */
  async #withdraw(effort: Effort, own: Waiter): Promise<number | undefined> {
    const { client, once } = this.#session;
    try {
      return await effort.lastResort(async (last) => {
        for (;;) {
          const applied = await once.apply(last, {
            compares: [
              absent(this.#waiters.readyKey),
              { key: own.key, target: 'Create', result: 'Equal', value: own.revision },
            ],
            writes: [client.delete().key(own.key)],
          });
          if (applied.kind === 'applied') return undefined;
          const { lastRevision, waiters } = await this.#waiters.look(last);
          if (!waiters.some(({ key }) => key === own.key)) return undefined;
          if (lastRevision >= own.revision) return lastRevision;
          // Let in were those before it.
          if (lastRevision > 0) await givePlaceUp(this.#session, last, own.key);
        }
      });
    } catch {
      void retire(this.#session, own.key);
      return undefined;
    }
  }

  async #leave(effort: Effort, state: Inside): Promise<void> {
    const { own, round } = state;
    const { client, once } = this.#session;
    const changes = new Changes(client, effort);
    const ownIsThere: Comparison = { key: own.key, target: 'Create', result: 'Equal', value: own.revision };
    for (;;) {
      const look = await this.#waiters.look(effort);
      const inside = look.waiters.filter(({ revision }) => revision <= round);
      const [first, ...others] = inside;
      if (!state.hasLeft && !inside.some(({ key }) => key === own.key)) throw this.#lost(own);
      if (first === undefined) return;
      if (first.key === own.key && others.length === 0) {
        // The last one tidies up, so that the next round begins with nothing left.
        const ready: Comparison = {
          ...{ key: this.#waiters.readyKey, target: 'Mod', result: 'Equal', value: look.readyRevision },
        };
        const applied = await once.apply(effort, {
          compares: [ownIsThere, ready],
          writes: [
            client.delete().key(own.key),
            ...(look.lastRevision === round ? [client.delete().key(this.#waiters.readyKey)] : []),
          ],
        });
        state.hasLeft = applied.kind === 'applied';
      } else if (first.key !== own.key && !state.hasLeft) {
        // The first stays to the end, as Go's processes expect of it.
        const applied = await once.apply(effort, {
          compares: [ownIsThere],
          writes: [client.delete().key(own.key)],
        });
        state.hasLeft = applied.kind === 'applied';
      } else await changes.next(this.#waiters.changeAfter(look.revision, 'delete'));
    }
  }

  #lost({ key }: Waiter): SessionLostError {
    return new SessionLostError(`the key ${key} is gone: its lease has ended, or somebody deleted it`);
  }

  #tooMany(): TooManyClientsError {
    return new TooManyClientsError(`${this.#count} have come to the double barrier ${this.#name} already`);
  }
}

function absent(key: string): Comparison {
  return { key, target: 'Version', result: 'Equal', value: 0 };
}
