/**
 * The keys that consist of a prefix, a digit and anything: where the items of a queue lie, among those of queues
 * with similar names. Invariant: what is read is found by the key's bytes, so that keys that are no text do no harm.
 */
import type { IKeyValue, IRangeRequest, IRangeResponse, Namespace } from 'etcd3';
import type { AwaitedChange } from '../changes.js';
import type { Operation } from '../commit/exactly-once.js';
import type { Effort } from '../effort.js';
import { DefiniteError, messageOf } from '../errors.js';

/** How many keys one look through strangers' keys takes in: more than one transaction of etcd can write. */
export const PAGE_KEYS = 1000;

export class DigitKeys {
  readonly #client: Namespace;
  readonly #prefix: string;

  /** @param prefix without the client's namespace */
  constructor(client: Namespace, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  /** A request for all of them, or what `rest` makes of it; its `key` and `range_end` have the namespace. */
  request(rest: IRangeRequest = {}): IRangeRequest {
    return { key: this.#bytes('0'), range_end: this.#bytes(BEHIND_DIGITS), ...rest };
  }

  /** The request as part of a transaction. */
  operation(rest: IRangeRequest = {}): Operation {
    return { op: () => Promise.resolve({ request_range: this.request(rest) }) };
  }

  read(effort: Effort, rest: IRangeRequest): Promise<IRangeResponse> {
    return effort.repeat((options) => this.#client.kv.range(this.request(rest), options));
  }

  /** What follows the prefix in a key that was read. */
  tailOf({ key }: IKeyValue): string {
    return key.subarray(this.#bytes('').length).toString();
  }

  putAfter(revision: number): AwaitedChange {
    return {
      key: `${this.#prefix}0`,
      rangeEnd: this.#prefix + BEHIND_DIGITS,
      afterRevision: revision,
      only: 'put',
    };
  }

  #bytes(tail: string): Buffer {
    return Buffer.concat([this.#client.prefix, Buffer.from(this.#prefix + tail)]);
  }
}

/** The character after `9`. */
const BEHIND_DIGITS = ':';

/** Runs what only reads: where that fails, nothing has happened. Rejects as the calls of a queue do. */
export async function reading<T>(effort: Effort, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    effort.throwIfAborted();
    throw new DefiniteError(`cannot read the queue: ${messageOf(error)}`, { cause: error });
  }
}
