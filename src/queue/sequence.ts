/**
 * The sequence numbers of one priority: the number of the next item, and the base key whose revision tells whether that
 * number is still the next. Invariant: an item's number is larger than those of all items of its priority that are in the
 * queue when it comes.
 */
import type { IKeyValue, IResponseOp, Namespace } from 'etcd3';
import { absent, modifiedAt, type Comparison } from '../commit/comparisons.js';
import type { Operation } from '../commit/exactly-once.js';
import type { Effort } from '../effort.js';
import { DigitKeys, PAGE_KEYS, reading } from './digit-keys.js';

/** The next item's place. */
export interface Place {
  readonly key: string;
  /** These hold as long as the place is the next. */
  readonly compares: readonly Comparison[];
}

const SEQUENCE_DIGITS = 16;
const SEQUENCE = /^\d{16}$/;
const LAST = { sort_target: 'Key', sort_order: 'Descend', keys_only: true } as const;

export class Sequence {
  readonly #client: Namespace;
  readonly #prefix: string;
  readonly #baseKey: string;
  readonly #keys: DigitKeys;

  /** @param priorityKey `<name>/<priority, five digits>` */
  constructor(client: Namespace, priorityKey: string) {
    this.#client = client;
    this.#prefix = `${priorityKey}/`;
    this.#baseKey = `__${priorityKey}`;
    this.#keys = new DigitKeys(client, this.#prefix);
  }

  /** Put this beside the item: then another client with the same place in mind notices. */
  get mark(): Operation {
    return this.#client.put(this.#baseKey).value('');
  }

  /** Reads for one transaction; {@link fromReplies} makes a place of the replies. */
  get readings(): readonly Operation[] {
    return [this.#client.get(this.#baseKey), this.#keys.operation({ ...LAST, limit: 1 })];
  }

  /** Reads the next place. Rejects with a `DefiniteError` if etcd cannot be asked, or with the signal's reason. */
  next(effort: Effort): Promise<Place> {
    return reading(effort, async () => {
      const success = await Promise.all(this.readings.map((reading) => reading.op()));
      const { responses } = await effort.repeat((options) => this.#client.kv.txn({ success }, options));
      return this.#placeOf(effort, responses);
    });
  }

  /** The next place, from the replies to {@link readings}. */
  fromReplies(effort: Effort, replies: readonly IResponseOp[]): Promise<Place> {
    return reading(effort, () => this.#placeOf(effort, replies));
  }

  async #placeOf(effort: Effort, replies: readonly IResponseOp[]): Promise<Place> {
    const [base, last] = replies as readonly [IResponseOp, IResponseOp];
    const modRevision = Number(base.response_range.kvs[0]?.mod_revision ?? 0);
    const number = 1 + (await this.#lastNumber(effort, last.response_range.kvs));
    const key = this.#prefix + String(number).padStart(SEQUENCE_DIGITS, '0');
    return {
      key,
      compares: [
        // Go's recipe only asks that it is not newer than the read, which also holds if it was deleted.
        modifiedAt(this.#baseKey, modRevision),
        absent(key),
      ],
    };
  }

  /**
   * The largest number, -1 if there is none. Strangers' keys may come behind it; they are searched after the base key
   * was read. As long as the base key does not change, items can only leave in between.
   */
  async #lastNumber(effort: Effort, first: readonly IKeyValue[]): Promise<number> {
    let page = first;
    for (;;) {
      const tail = page.map((found) => this.#keys.tailOf(found)).find((text) => SEQUENCE.test(text));
      if (tail !== undefined) return Number(tail);
      const end = page.at(-1)?.key;
      if (end === undefined) return -1;
      page = (await this.#keys.read(effort, { ...LAST, limit: PAGE_KEYS, range_end: end })).kvs;
    }
  }
}
