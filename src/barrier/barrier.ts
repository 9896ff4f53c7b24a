/**
 * A barrier that one process holds and others wait at. Invariant: nobody passes while the hold stands that it came to;
 * who is let through is let through by a read of etcd, never by a watch that ended.
 *
 * The key is that of `clientv3/experimental/recipes/barrier.go`: the name itself.
 */
import type { IKeyValue, Namespace } from 'etcd3';
import { Calls, type CallOptions } from '../calls.js';
import { Changes } from '../changes.js';
import { ExactlyOnce } from '../commit/exactly-once.js';
import type { Effort, EffortOptions } from '../effort.js';
import { BarrierHeldError, DefiniteError, messageOf } from '../errors.js';

export interface BarrierOptions extends EffortOptions {
  /** Commit records are the keys `<recordPrefix><handle>/<number>`; default `recipe-commits/`. */
  readonly recordPrefix?: string;
}

/** What releasing did. */
export interface Released {
  /** False where nobody held it. */
  readonly released: boolean;
  /** Revision at which it was released, or was seen to be held by nobody. */
  readonly revision: number;
}

/**
 * A distributed barrier, shared by every process that uses it under the same name, those that use etcd's Go recipe
 * included. It belongs to no session: a hold stands until somebody releases it, whatever becomes of who made it.
 */
export class Barrier {
  readonly #client: Namespace;
  readonly #key: string;
  readonly #once: ExactlyOnce;
  readonly #calls: Calls;

  /**
   * @param client an `Etcd3`, or a `Namespace` of one: then all keys, the commit records' too, are inside it
   * @param name of the barrier: the one key that it uses
   */
  constructor(client: Namespace, name: string, options: BarrierOptions = {}) {
    this.#client = client;
    this.#key = name;
    this.#once = new ExactlyOnce(client, options.recordPrefix ?? 'recipe-commits/');
    this.#calls = new Calls(`the barrier ${name}`, options);
  }

  /**
   * Holds the barrier: from now on {@link wait} waits. Resolves to the revision at which it began to be held.
   *
   * Rejects with
   * - a {@link BarrierHeldError} where it is held already, another `DefiniteError` where etcd refuses, a `ClosedError`,
   *   the signal's reason: it was not held by this call and will not be;
   * - an `IndefiniteError` where etcd cannot be asked any more: it may be held.
   */
  hold(options: CallOptions = {}): Promise<{ readonly revision: number }> {
    return this.#calls.run(options, async (effort) => {
      effort.begin();
      const applied = await this.#once.apply(effort, {
        compares: [{ key: this.#key, target: 'Version', result: 'Equal', value: 0 }],
        writes: [this.#client.put(this.#key).value('')],
      });
      if (applied.kind === 'applied') return { revision: applied.revision };
      throw new BarrierHeldError(`the barrier ${this.#key} is held already`);
    });
  }

  /**
   * Releases the barrier, whoever holds it: all who wait pass. Rejects as {@link hold} does: then this call did not
   * release it, or, with an `IndefiniteError`, may have.
   */
  release(options: CallOptions = {}): Promise<Released> {
    return this.#calls.run(options, async (effort) => {
      effort.begin();
      for (;;) {
        const { found, revision } = await this.#read(effort);
        if (found === undefined) return { released: false, revision };
        const applied = await this.#once.apply(effort, {
          compares: [
            { key: this.#key, target: 'Create', result: 'Equal', value: Number(found.create_revision) },
          ],
          writes: [this.#client.delete().key(this.#key)],
        });
        if (applied.kind === 'applied') return { released: true, revision: applied.revision };
        // Somebody else released that hold.
      }
    });
  }

  /**
   * Waits until the barrier is released; passes at once where nobody holds it. A hold that is made after the one it
   * waits for was released does not keep it.
   *
   * Rejects with a `DefiniteError` where etcd cannot be asked, a `ClosedError` or the signal's reason.
   */
  wait(options: CallOptions = {}): Promise<void> {
    return this.#calls.run(options, async (effort) => {
      effort.begin();
      const changes = new Changes(this.#client, effort);
      const first = await this.#read(effort);
      for (let now = first; now.found !== undefined; now = await this.#read(effort)) {
        if (now.found.create_revision !== first.found?.create_revision) return;
        await changes.next({ key: this.#key, afterRevision: now.revision, only: 'delete' });
      }
    });
  }

  /**
   * Ends the calls that are under way and deletes the handle's commit records; a hold stands. Rejects with etcd's
   * error where the records cannot be deleted, or with the signal's reason.
   */
  async close(options: CallOptions = {}): Promise<void> {
    await this.#calls.close();
    await this.#once.close(this.#calls.tidying(options));
  }

  async #read(effort: Effort): Promise<{ readonly found: IKeyValue | undefined; readonly revision: number }> {
    try {
      const reply = await effort.repeat((call) => this.#client.get(this.#key).options(call).exec());
      return { found: reply.kvs[0], revision: Number(reply.header.revision) };
    } catch (error) {
      effort.throwIfAborted();
      throw new DefiniteError(`cannot read the barrier ${this.#key}: ${messageOf(error)}`, { cause: error });
    }
  }
}
