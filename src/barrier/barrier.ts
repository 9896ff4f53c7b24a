/**
 * A barrier: while it is held, others wait until it is released. Invariant: a wait ends only on a read that
 * did not show the key that the wait had seen first.
 *
 * The key is that of `clientv3/experimental/recipes/barrier.go`: the name itself, without a lease.
 */
import type { IKeyValue, Namespace } from 'etcd3';
import { Calls, type CallOptions } from '../calls.js';
import { Changes } from '../changes.js';
import { absent, present } from '../commit/comparisons.js';
import { ExactlyOnce } from '../commit/exactly-once.js';
import type { Effort, EffortOptions } from '../effort.js';
import { DefiniteError, messageOf } from '../errors.js';
import { BarrierHeldError } from './errors.js';

export interface BarrierOptions extends EffortOptions {
  /** Commit records are the keys `<recordPrefix><handle>/<number>`; default `recipe-commits/`. */
  readonly recordPrefix?: string;
}

/** A barrier that was held. */
export interface BarrierHold {
  /** The revision at which this call held it. */
  readonly revision: number;
}

/** The result of a release. */
export interface BarrierRelease {
  /** False if it was not held. */
  readonly released: boolean;
  /** The revision at which it was released or found free. */
  readonly revision: number;
}

/** The result of a wait. */
export interface BarrierPassage {
  /** Revision at which the barrier was seen released; it may have been held again since. */
  readonly revision: number;
}

/**
 * A distributed barrier, shared by every process that opens it under the same name, processes with etcd's Go recipe
 * included. It stays held when the process that holds it dies; any client can release it. One handle serves any number
 * of calls at the same time.
 */
export class Barrier {
  readonly #client: Namespace;
  readonly #name: string;
  readonly #once: ExactlyOnce;
  readonly #calls: Calls;

  /**
   * @param client an `Etcd3`, or a `Namespace` of one: then all keys, the commit records' too, are inside it
   * @param name of the barrier, and its key
   */
  constructor(client: Namespace, name: string, options: BarrierOptions = {}) {
    this.#client = client;
    this.#name = name;
    this.#once = new ExactlyOnce(client, options.recordPrefix ?? 'recipe-commits/');
    this.#calls = new Calls(`the barrier ${name}`, options);
  }

  /**
   * Holds the barrier: from now on every wait blocks. When it resolves this call, and no other, has held it.
   *
   * Rejects with
   * - a `BarrierHeldError` if it is held already;
   * - the signal's reason, a `ClosedError`, or a `DefiniteError` if etcd refuses or `maxAttempts` are used up: this call
   *   did not hold it and will not;
   * - an `IndefiniteError` if etcd cannot be asked any more: this call may have held it.
   *
   * If you give it up while its request is on its way, it first finds out whether it holds the barrier, and then
   * resolves. This takes no longer than `requestTimeoutMs` plus 5 seconds.
   */
  hold(options: CallOptions = {}): Promise<BarrierHold> {
    return this.#calls.run(options, async (effort) => {
      effort.begin();
      const { kind, revision } = await this.#once.apply(effort, {
        compares: [absent(this.#name)],
        writes: [this.#client.put(this.#name).value('')],
      });
      if (kind === 'applied') return { revision };
      throw new BarrierHeldError(`the barrier ${this.#name} is already held`);
    });
  }

  /**
   * Releases the barrier, even if another client holds it: all waits resolve. Once it has resolved, it cannot release
   * a barrier that is held again later.
   *
   * Rejects with
   * - the signal's reason, a `ClosedError`, or a `DefiniteError` if etcd refuses or `maxAttempts` are used up: this call
   *   did not release it and will not;
   * - an `IndefiniteError` if etcd cannot be asked any more: this call may have released it.
   *
   * If you give it up, it behaves as {@link hold} does.
   */
  release(options: CallOptions = {}): Promise<BarrierRelease> {
    return this.#calls.run(options, async (effort) => {
      effort.begin();
      const { kind, revision } = await this.#once.apply(effort, {
        compares: [present(this.#name)],
        writes: [this.#client.delete().key(this.#name)],
      });
      return { released: kind === 'applied', revision };
    });
  }

  /**
   * Waits until the barrier is released; resolves at once if it is not held. A release ends every current wait, even
   * if the barrier is held again before the waiting client learns of it.
   *
   * Rejects with the signal's reason, a `ClosedError`, or a `DefiniteError` if etcd refuses or `maxAttempts` are used up.
   * It writes nothing.
   */
  wait(options: CallOptions = {}): Promise<BarrierPassage> {
    return this.#calls.run(options, async (effort) => {
      effort.begin();
      const changes = new Changes(this.#client, effort);
      let seen: string | undefined;
      for (;;) {
        const { held, revision } = await this.#read(effort);
        if (held === undefined) return { revision };
        seen ??= held.create_revision;
        if (held.create_revision !== seen) return { revision: Number(held.create_revision) - 1 };
        await changes.next({ key: this.#name, afterRevision: revision, only: 'delete' });
      }
    });
  }

  /**
   * Ends the calls that are under way, as an abort would, and deletes the handle's commit records. The client stays open,
   * and a held barrier stays held. Rejects with etcd's error if the records cannot be deleted, or with the signal's
   * reason; you may repeat it.
   */
  async close(options: CallOptions = {}): Promise<void> {
    await this.#calls.close();
    await this.#once.close(this.#calls.tidying(options));
  }

  async #read(effort: Effort): Promise<{ readonly held: IKeyValue | undefined; readonly revision: number }> {
    try {
      const reply = await effort.repeat((call) => this.#client.get(this.#name).options(call).exec());
      return { held: reply.kvs[0], revision: Number(reply.header.revision) };
    } catch (error) {
      effort.throwIfAborted();
      throw new DefiniteError(`cannot read the barrier ${this.#name}: ${messageOf(error)}`, { cause: error });
    }
  }
}
