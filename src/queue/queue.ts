/**
 * A queue of many writers and many readers, first in, first out. Invariant: an item is put once and taken once,
 * whatever is lost, resent, late or given up, and items leave in the order of the revisions that put them.
 *
 * The keys are those of `clientv3/experimental/recipes/queue.go`: `<name>/<nanoseconds>`, the time telling keys apart
 * and nothing more.
 */
import type { Namespace } from 'etcd3';
import { Calls, type CallOptions } from '../calls.js';
import { ExactlyOnce } from '../commit/exactly-once.js';
import type { Effort, EffortOptions } from '../effort.js';
import { Consumer } from './consumer.js';
import { nanoseconds } from '../nanoseconds.js';
import { Items } from './items.js';

export interface QueueOptions extends EffortOptions {
  /** Commit records are the keys `<recordPrefix><handle>/<number>`; default `recipe-commits/`. */
  readonly recordPrefix?: string;
}

/** An item that was put. */
export interface Enqueued {
  /** Revision at which it came into the queue. */
  readonly revision: number;
}

/** An item that was taken. */
export interface Dequeued {
  /** The value as UTF-8 text. */
  readonly value: string;
  /** The value as it was put. */
  readonly bytes: Buffer;
  /** Revision at which it left the queue. */
  readonly revision: number;
}

/** Nanoseconds since 1970 have 17 digits or more since March 1970; the sequence numbers of priority queues have 16. */
const SHAPE = /^\d{17,}$/;

/**
 * A distributed queue, shared by every process that opens it under the same name, those that use etcd's Go recipe
 * included. Items leave first in, first out: in the order of their revisions in etcd. One handle serves any number
 * of calls at the same time; their dequeues take turns.
 */
export class Queue {
  readonly #client: Namespace;
  readonly #name: string;
  readonly #once: ExactlyOnce;
  readonly #consumer: Consumer;
  readonly #calls: Calls;

  /**
   * @param client an `Etcd3`, or a `Namespace` of one: then all keys, the commit records' too, are inside it
   * @param name of the queue; its items are the keys `<name>/<digits>`, and no other key is ever touched
   */
  constructor(client: Namespace, name: string, options: QueueOptions = {}) {
    this.#client = client;
    this.#name = name;
    this.#once = new ExactlyOnce(client, options.recordPrefix ?? 'recipe-commits/');
    this.#consumer = new Consumer(
      client,
      this.#once,
      new Items(client, name, { shape: SHAPE, first: 'Mod' }),
    );
    this.#calls = new Calls(`the queue ${name}`, options);
  }

  /**
   * Puts an item at the end. When it resolves the item was put exactly once.
   *
   * Rejects with
   * - the signal's reason, a `ClosedError`, or a `DefiniteError` where etcd refuses or `maxAttempts` are used up:
   *   nothing was put and nothing will be;
   * - an `IndefiniteError` where etcd cannot be asked any more: the item may have been put.
   *
   * Given up while etcd is being asked, it first finds out what became of the item (for no longer than
   * `requestTimeoutMs`), and resolves if it was put.
   */
  enqueue(value: string | Buffer, options: CallOptions = {}): Promise<Enqueued> {
    return this.#calls.run(options, (effort) => this.#enqueue(effort, value));
  }

  /**
   * Takes the first item; waits for one where there is none. When it resolves the item has left the queue, and
   * nobody else gets it.
   *
   * Rejects with
   * - the signal's reason, a `ClosedError`, or a `DefiniteError` where etcd refuses or `maxAttempts` are used up:
   *   no item was taken;
   * - an `IndefiniteError` where etcd cannot be asked any more: an item may have been taken, and is lost then.
   *
   * Given up while etcd is being asked, it first finds out what became of the item (for no longer than
   * `requestTimeoutMs`), and resolves with it if it was taken.
   */
  dequeue(options: CallOptions = {}): Promise<Dequeued> {
    return this.#calls.run(options, async (effort) => {
      const { item, revision } = await this.#consumer.take(effort);
      return { value: item.value.toString(), bytes: item.value, revision };
    });
  }

  /**
   * Ends the calls that are under way, as an abort would, and deletes the handle's commit records. The client stays
   * open; items stay. Rejects with etcd's error where the records cannot be deleted, or with the signal's reason;
   * it may be repeated.
   */
  async close(options: CallOptions = {}): Promise<void> {
    await this.#calls.close();
    await this.#once.close(this.#calls.tidying(options));
  }

  async #enqueue(effort: Effort, value: string | Buffer): Promise<Enqueued> {
    effort.begin();
    for (;;) {
      const key = `${this.#name}/${nanoseconds()}`;
      const applied = await this.#once.apply(effort, {
        compares: [{ key, target: 'Version', result: 'Equal', value: 0 }],
        writes: [this.#client.put(key).value(value)],
      });
      if (applied.kind === 'applied') return { revision: applied.revision };
      // Somebody else has this very nanosecond.
    }
  }
}
