/**
 * A queue with many writers and many readers; the smallest priority number leaves first. Invariant: an item is put once
 * and taken once, even if messages are lost, resent or late and calls are given up. Items of one priority leave first in,
 * first out.
 *
 * The keys are those of `clientv3/experimental/recipes/priority_queue.go`: `<name>/<priority, five digits>/<sequence
 * number, sixteen digits>`. Every enqueue also puts the key `__<name>/<priority, five digits>`.
 */
import type { Namespace } from 'etcd3';
import { Calls, type CallOptions } from '../calls.js';
import { ExactlyOnce } from '../commit/exactly-once.js';
import type { Effort } from '../effort.js';
import { ConflictError } from '../errors.js';
import { Consumer } from './consumer.js';
import { Items } from './items.js';
import type { Dequeued, Enqueued, QueueOptions } from './queue.js';
import { Sequence } from './sequence.js';

/** An item that was taken. */
export interface Prioritized extends Dequeued {
  /** 0 to 65535. */
  readonly priority: number;
}

const SHAPE = /^\d{5}\/\d{16}$/;
const PRIORITY_DIGITS = 5;
const PRIORITY_MAX = 65_535;

/**
 * A distributed priority queue, shared by every process that opens it under the same name, processes with etcd's Go
 * recipe included. **The smaller number leaves first**: 0 before 1 before 65535, as in Go. Within a priority items leave
 * first in, first out. One handle serves any number of calls at the same time; its dequeues take turns.
 */
export class PriorityQueue {
  readonly #client: Namespace;
  readonly #name: string;
  readonly #once: ExactlyOnce;
  readonly #consumer: Consumer;
  readonly #calls: Calls;

  /**
   * @param client an `Etcd3`, or a `Namespace` of one: then all keys, the commit records' too, are inside it
   * @param name of the queue; its items are the keys `<name>/<5 digits>/<16 digits>`, and of others it touches only
   * `__<name>/<5 digits>`
   */
  constructor(client: Namespace, name: string, options: QueueOptions = {}) {
    this.#client = client;
    this.#name = name;
    this.#once = new ExactlyOnce(client, options.recordPrefix ?? 'recipe-commits/');
    this.#consumer = new Consumer(
      client,
      this.#once,
      new Items(client, name, { shape: SHAPE, first: 'Key' }),
    );
    this.#calls = new Calls(`the priority queue ${name}`, options);
  }

  /**
   * Puts an item behind all others of its priority. When it resolves the item was put exactly once.
   *
   * @param priority a whole number from 0, the most urgent, to 65535
   *
   * Rejects with
   * - a `RangeError` for any other priority: nothing was put;
   * - the signal's reason, a `ClosedError`, or a `DefiniteError` if etcd refuses or `maxAttempts` are used up: nothing
   *   was put and nothing will be. A `ConflictError` says that other clients were quicker each time;
   * - an `IndefiniteError` if etcd cannot be asked any more: the item may have been put.
   *
   * If you give it up while the item is on its way, it first finds out whether the item was put, and then resolves. This
   * takes no longer than `requestTimeoutMs` plus 5 seconds.
   */
  enqueue(value: string | Buffer, priority: number, options: CallOptions = {}): Promise<Enqueued> {
    return this.#calls.run(options, (effort) => this.#enqueue(effort, value, priority));
  }

  /**
   * Takes the most urgent item, the first one of its priority; waits for one if there is none. When it resolves the item
   * has left the queue, and no other call gets it.
   *
   * Rejects with
   * - the signal's reason, a `ClosedError`, or a `DefiniteError` if etcd refuses or `maxAttempts` are used up: no item
   *   was taken;
   * - an `IndefiniteError` if etcd cannot be asked any more: an item may have been taken, and then it is lost.
   *
   * If you give it up while it takes an item, it first finds out whether it got one, and then resolves with that. This
   * takes no longer than `requestTimeoutMs` plus 5 seconds.
   */
  dequeue(options: CallOptions = {}): Promise<Prioritized> {
    return this.#calls.run(options, async (effort) => {
      const { item, revision } = await this.#consumer.take(effort);
      const priority = Number(item.tail.slice(0, PRIORITY_DIGITS));
      return { value: item.value.toString(), bytes: item.value, priority, revision };
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

  async #enqueue(effort: Effort, value: string | Buffer, priority: number): Promise<Enqueued> {
    if (!Number.isInteger(priority) || priority < 0 || priority > PRIORITY_MAX) {
      throw new RangeError(`expected a whole priority from 0 to ${PRIORITY_MAX}, got ${priority}`);
    }
    const sequence = new Sequence(
      this.#client,
      `${this.#name}/${String(priority).padStart(PRIORITY_DIGITS, '0')}`,
    );
    effort.begin();
    let place = await sequence.next(effort);
    for (let conflicts = 1; ; conflicts++) {
      const applied = await this.#once.apply(effort, {
        compares: place.compares,
        writes: [sequence.mark, this.#client.put(place.key).value(value)],
        readings: sequence.readings,
      });
      if (applied.kind === 'applied') return { revision: applied.revision };
      // Another client has put an item of this priority.
      if (!effort.mayTry) throw new ConflictError(`gave up after ${conflicts} conflicts`);
      effort.begin();
      if (conflicts === 1) {
        place = await sequence.fromReplies(effort, applied.responses);
      } else {
        await effort.pauseAfterConflict();
        place = await sequence.next(effort);
      }
    }
  }
}
