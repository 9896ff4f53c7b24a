/**
 * The keys of a double barrier: the key that marks a round as complete, and the waiters' keys. Invariant: both are read
 * at one revision, and only keys of exactly the barrier's shape count.
 */
import type { IKeyValue, IRangeRequest, IResponseOp, Namespace } from 'etcd3';
import { createdAt, modifiedAt, type Comparison } from '../commit/comparisons.js';
import type { Operation } from '../commit/exactly-once.js';
import type { Effort } from '../effort.js';
import { DefiniteError, messageOf } from '../errors.js';

/** A process at the barrier. */
export interface Waiter {
  /** Without the client's namespace. */
  readonly key: string;
  /** Create revision of the key: the smaller came first. */
  readonly revision: number;
}

/** The state of the barrier at one revision. */
export interface Sight {
  /** Revision of the read. */
  readonly revision: number;
  /** Revision that last marked a round as complete; 0 if there is no mark. */
  readonly ready: number;
  /** In the order they came. */
  readonly waiters: readonly Waiter[];
}

const SHAPE = /^\d+$/;
/** The character after `9`. */
const BEHIND_DIGITS = ':';

export class DoubleBarrierKeys {
  /** The key that marks a round as complete. */
  readonly readyKey: string;
  readonly #client: Namespace;
  readonly #prefix: string;

  /** @param name of the barrier, without the client's namespace */
  constructor(client: Namespace, name: string) {
    this.readyKey = `${name}/ready`;
    this.#client = client;
    this.#prefix = `${name}/waiters/`;
  }

  /** Key of a waiter that comes now. */
  keyOf(nanoseconds: string): string {
    return this.#prefix + nanoseconds;
  }

  /** Reads the present state. Rejects with a `DefiniteError` if etcd cannot be asked, or with the signal's reason. */
  async look(effort: Effort): Promise<Sight> {
    try {
      const success = await Promise.all(this.readings.map((reading) => reading.op()));
      const reply = await effort.repeat((options) => this.#client.kv.txn({ success }, options));
      return this.sightOf(reply.responses, Number(reply.header.revision));
    } catch (error) {
      effort.throwIfAborted();
      throw new DefiniteError(`cannot read the barrier at ${this.#prefix}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  /** The same reads as part of a transaction; {@link sightOf} makes a sight of their responses. */
  get readings(): readonly Operation[] {
    return [
      readingOf({ key: this.#bytes(this.readyKey) }),
      readingOf({
        key: this.#bytes(`${this.#prefix}0`),
        range_end: this.#bytes(this.#prefix + BEHIND_DIGITS),
        sort_target: 'Create',
        sort_order: 'Ascend',
        keys_only: true,
      }),
    ];
  }

  sightOf(responses: readonly IResponseOp[], revision: number): Sight {
    const [ready, waiters] = responses as readonly [IResponseOp, IResponseOp];
    return {
      revision,
      ready: Number(ready.response_range.kvs[0]?.mod_revision ?? 0),
      waiters: waiters.response_range.kvs
        .map((found) => this.#waiterOf(found))
        .filter(({ key }) => SHAPE.test(key.slice(this.#prefix.length))),
    };
  }

  /** Holds as long as no waiter has come since the sight. */
  nobodySince({ revision }: Sight): Comparison {
    return {
      key: `${this.#prefix}0`,
      rangeEnd: this.#prefix + BEHIND_DIGITS,
      target: 'Create',
      result: 'Less',
      value: revision + 1,
    };
  }

  /** Holds as long as the mark was neither put nor deleted since the sight. */
  sameReady({ ready }: Sight): Comparison {
    return modifiedAt(this.readyKey, ready);
  }

  /** Holds as long as the waiter is there. */
  isThere({ key, revision }: Waiter): Comparison {
    return createdAt(key, revision);
  }

  #waiterOf({ key, create_revision: revision }: IKeyValue): Waiter {
    return { key: key.subarray(this.#client.prefix.length).toString(), revision: Number(revision) };
  }

  #bytes(text: string): Buffer {
    return Buffer.concat([this.#client.prefix, Buffer.from(text)]);
  }
}

/** The waiters of a round: they came before it was complete. */
export function waitersOf(round: number, { waiters }: Sight): readonly Waiter[] {
  return waiters.filter(({ revision }) => revision < round);
}

function readingOf(request: IRangeRequest): Operation {
  return { op: () => Promise.resolve({ request_range: request }) };
}
