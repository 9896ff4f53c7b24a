/**
 * The sequence numbers of one priority of a queue: the number that the next item gets, and the base key whose
 * revision tells whether it still is the next. Invariant: an item's number is larger than those of all items of its
 * priority that are in the queue when it comes.
 */
import type { IKeyValue, IResponseOp, Namespace } from 'etcd3';
import type { Comparison, Operation } from '../commit/exactly-once.js';
import type { Effort } from '../effort.js';
import { DigitKeys, PAGE_KEYS, reading } from './digit-keys.js';

/** The next item's place. */
export interface Place {
  readonly key: string;
  /** They hold as long as the place is the next. */
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

  /** What a transaction must put beside the item, so that whoever had the same place in mind notices. */
  get mark(): Operation {
    return this.#client.put(this.#baseKey).value('');
  }

  /** What to read in one transaction; {@link fromReplies} makes a place of the replies. */
  get readings(): readonly Operation[] {
    return [this.#client.get(this.#baseKey), this.#keys.operation({ ...LAST, limit: 1 })];
  }

  /** Reads the next place. Rejects with a `DefiniteError` where etcd cannot be asked, or with the signal's reason. */
  next(effort: Effort): Promise<Place> {
    return reading(effort, async () => {
      const success = await Promise.all(this.readings.map((reading) => reading.op()));
      const { responses } = await effort.repeat((options) => this.#client.kv.txn({ success }, options));
      return this.#placeOf(effort, responses);
    });
  }

  /** The next place by the replies to {@link readings}. */
  fromReplies(effort: Effort, replies: readonly IResponseOp[]): Promise<Place> {
    return reading(effort, () => this.#placeOf(effort, replies));
  }

  async #placeOf(effort: Effort, [base, last]: readonly IResponseOp[]): Promise<Place> {
    const modRevision = Number(base?.response_range.kvs[0]?.mod_revision ?? 0);
    const number = 1 + (await this.#lastNumber(effort, last?.response_range.kvs ?? []));
    const key = this.#prefix + String(number).padStart(SEQUENCE_DIGITS, '0');
    return {
      key,
      compares: [
        // Go's recipe is content where it is not newer than what was read, which holds for one that was deleted, too.
        { key: this.#baseKey, target: 'Mod', result: 'Equal', value: modRevision },
        { key, target: 'Version', result: 'Equal', value: 0 },
      ],
    };
  }

  /**
   * The largest number, -1 where there is none. Strangers' keys may lie behind it. They are gone through after the
   * base key was read: as long as that does not change, items can only have left meanwhile.
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
