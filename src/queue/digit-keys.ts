/**
 * The keys that consist of a prefix, a digit and anything. The items of a queue are among them, and so are items of queues
 * with similar names. Invariant: keys are compared as bytes, so keys that are no text do no harm.
 */
import type { IKeyValue, IRangeRequest, IRangeResponse, Namespace } from 'etcd3';
import type { AwaitedChange } from '../changes.js';
import type { Operation } from '../commit/exactly-once.js';
import type { Effort } from '../effort.js';
import { DefiniteError, messageOf } from '../errors.js';

/** Keys in a page when a search goes through strangers' keys: more than one transaction of etcd can write. */
export const PAGE_KEYS = 1000;

export class DigitKeys {
  readonly #client: Namespace;
  readonly #prefix: string;

  /** @param prefix without the client's namespace */
  constructor(client: Namespace, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  /** A request for all of them, with the fields of `rest`; its `key` and `range_end` include the namespace. */
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

  /** Reads one key, found by an earlier read. */
  readKey(effort: Effort, key: Buffer): Promise<IRangeResponse> {
    return effort.repeat((options) => this.#client.kv.range({ key }, options));
  }

  /** The part of a key behind the prefix. */
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

/** Runs a body that only reads: if it fails, nothing has happened. Rejects as the calls of a queue do. */
export async function reading<T>(effort: Effort, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    effort.throwIfAborted();
    throw new DefiniteError(`cannot read the queue: ${messageOf(error)}`, { cause: error });
  }
}
