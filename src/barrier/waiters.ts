/**
 * A double barrier as etcd has it: who waits or is inside, and since when they are let in. Invariant: one look is of one
 * revision, and only keys of exactly the barrier's shape count.
 */
import type { Namespace } from 'etcd3';
import type { AwaitedChange } from '../changes.js';
import type { Effort } from '../effort.js';
import { DefiniteError, messageOf } from '../errors.js';

/** One who waits or is inside. */
export interface Waiter {
  readonly key: string;
  /** Create revision of its key. */
  readonly revision: number;
}

/** The barrier at one revision. */
export interface Look {
  readonly revision: number;
  /** Modification revision of the key that lets them in; 0 where there is none. */
  readonly readyRevision: number;
  /**
   * Create revision of the last one who was let in; 0 where nobody was. It is the value of the key that lets them in;
   * Go's recipe writes none, and lets in all who came before that key.
   */
  readonly lastRevision: number;
  /** In the order in which they came. */
  readonly waiters: readonly Waiter[];
}

const SHAPE = /^\d+$/;

export class Waiters {
  /** All keys of those who wait begin with it. */
  readonly prefix: string;
  /** Its keys end before it. */
  readonly prefixEnd: string;
  /** The key that lets them in. */
  readonly readyKey: string;
  readonly #client: Namespace;
  readonly #name: string;

  constructor(client: Namespace, name: string) {
    this.#client = client;
    this.#name = name;
    this.prefix = `${name}/waiters/`;
    this.prefixEnd = `${name}/waiters0`;
    this.readyKey = `${name}/ready`;
  }

  async look(effort: Effort): Promise<Look> {
    const bytes = (text: string) => Buffer.concat([this.#client.prefix, Buffer.from(text)]);
    const prefixLength = bytes(this.prefix).length;
    try {
      const reply = await effort.repeat((call) =>
        this.#client.kv.txn(
          {
            success: [
              { request_range: { key: bytes(this.readyKey) } },
              {
                request_range: {
                  key: bytes(this.prefix),
                  range_end: bytes(this.prefixEnd),
                  sort_target: 'Create',
                  sort_order: 'Ascend',
                  keys_only: true,
                },
              },
            ],
          },
          call,
        ),
      );
      const [ready, waiters] = reply.responses.map((response) => response.response_range.kvs);
      return {
        revision: Number(reply.header.revision),
        readyRevision: Number(ready?.[0]?.mod_revision ?? 0),
        lastRevision: Number(ready?.[0]?.value.toString()) || Number(ready?.[0]?.mod_revision ?? 0),
        waiters: (waiters ?? [])
          .map(({ key, create_revision: revision }) => ({
            tail: key.subarray(prefixLength).toString(),
            revision: Number(revision),
          }))
          .filter(({ tail }) => SHAPE.test(tail))
          .map(({ tail, revision }) => ({ key: this.prefix + tail, revision })),
      };
    } catch (error) {
      effort.throwIfAborted();
      throw new DefiniteError(`cannot read the double barrier ${this.#name}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  /** Anything that changes after this revision: who comes, who goes, and whether they are let in. */
  changeAfter(afterRevision: number, only?: 'put' | 'delete'): AwaitedChange {
    return {
      key: `${this.#name}/ready`,
      rangeEnd: this.prefixEnd,
      afterRevision,
      ...(only === undefined ? {} : { only }),
    };
  }
}
