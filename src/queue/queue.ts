/**
 * A queue with many writers and many readers, first in, first out. Invariant: an item is put once and taken once, even if
 * messages are lost, resent or late and calls are given up. Items leave in the order of the revisions that put them.
 *
 * The keys are those of `clientv3/experimental/recipes/queue.go`: `<name>/<nanoseconds>`. The time only makes keys
 * unique.
 */
import type { Namespace } from 'etcd3';
import { Calls, type CallOptions } from '../calls.js';
import { absent } from '../commit/comparisons.js';
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
  /** Revision at which it entered the queue. */
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
 * A distributed queue, shared by every process that opens it under the same name, processes with etcd's Go recipe
 * included. Items leave first in, first out, by their revisions in etcd. One handle serves any number of calls at the
 * same time; its dequeues take turns.
 */
export class Queue {
  readonly #client: Namespace;
  readonly #name: string;
  readonly #once: ExactlyOnce;
  readonly #consumer: Consumer;
  readonly #calls: Calls;

  /**
   * @param client an `Etcd3`, or a `Namespace` of one: then all keys, the commit records' too, are inside it
   * @param name of the queue; its items are the keys `<name>/<digits>`, and it touches no others
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
   * - the signal's reason, a `ClosedError`, or a `DefiniteError` if etcd refuses or `maxAttempts` are used up: nothing
   *   was put and nothing will be;
   * - an `IndefiniteError` if etcd cannot be asked any more: the item may have been put.
   *
   * If you give it up while the item is on its way, it first finds out whether the item was put, and then resolves. This
   * takes no longer than `requestTimeoutMs` plus 5 seconds.
   */
  enqueue(value: string | Buffer, options: CallOptions = {}): Promise<Enqueued> {
    return this.#calls.run(options, (effort) => this.#enqueue(effort, value));
  }

  /**
   * Takes the first item; waits for one if there is none. When it resolves the item has left the queue, and no other call
   * gets it.
   *
   * Rejects with
   * - the signal's reason, a `ClosedError`, or a `DefiniteError` if etcd refuses or `maxAttempts` are used up: no item
   *   was taken;
   * - an `IndefiniteError` if etcd cannot be asked any more: an item may have been taken, and then it is lost.
   *
   * If you give it up while it takes an item, it first finds out whether it got one, and then resolves with that. This
   * takes no longer than `requestTimeoutMs` plus 5 seconds.
   */
  dequeue(options: CallOptions = {}): Promise<Dequeued> {
    return this.#calls.run(options, async (effort) => {
      const { item, revision } = await this.#consumer.take(effort);
      return { value: item.value.toString(), bytes: item.value, revision };
    });
  }

  /**
   * Ends the calls that are under way, as an abort would, and deletes the handle's commit records. The client stays open
   * and items stay. Rejects with etcd's error if the records cannot be deleted, or with the signal's reason; you may
   * repeat it.
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
        compares: [absent(key)],
        writes: [this.#client.put(key).value(value)],
      });
      if (applied.kind === 'applied') return { revision: applied.revision };
      // Another item has this very nanosecond.
    }
  }
}
