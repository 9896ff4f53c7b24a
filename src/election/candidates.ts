/**
 * The candidates of an election: the keys `<name>/<id of a lease in hexadecimal>`, as in etcd's Go client. Invariant:
 * other keys that begin with the name never count.
 */
import type { IEvent, IKeyValue, IRangeRequest, Namespace } from 'etcd3';
import type { AwaitedChange } from '../changes.js';
import type { Effort } from '../effort.js';
import { DefiniteError, isCompacted, messageOf } from '../errors.js';

const SHAPE = /^[0-9a-f]+$/;
const PAGE_KEYS = 64;

/** The leader of an election, and the value that it proclaims. */
export interface Leader {
  /** Key of its candidacy, without the client's namespace. */
  readonly key: string;
  /** The proclaimed value as UTF-8 text. */
  readonly value: string;
  readonly bytes: Buffer;
  /** Create revision of the key: the term. Later leaders have a larger one. */
  readonly revision: number;
  /** Revision at which the value was written. */
  readonly proclaimedRevision: number;
}

/** The leader at a revision. */
export interface Standing {
  readonly revision: number;
  readonly leader: Leader | undefined;
}

export class Candidates {
  readonly #client: Namespace;
  readonly #name: string;
  readonly #prefix: Buffer;

  constructor(client: Namespace, name: string) {
    this.#client = client;
    this.#name = name;
    this.#prefix = Buffer.concat([client.prefix, Buffer.from(`${name}/`)]);
  }

  /** The candidate with the smallest create revision now. Rejects with a `DefiniteError` or the signal's reason. */
  async now(effort: Effort): Promise<Standing> {
    // The present is never compacted.
    return (await this.#first(effort, 0)) as Standing;
  }

  /** The same at an earlier revision, or undefined if that was compacted. */
  at(effort: Effort, revision: number): Promise<Standing | undefined> {
    return this.#first(effort, revision);
  }

  /** Whether etcd still has the events after a revision. */
  async remembers(effort: Effort, revision: number): Promise<boolean> {
    const probe = { key: this.#prefix, revision, count_only: true };
    return (await this.#read(effort, probe)) !== undefined;
  }

  /** The change to wait for while there is no candidate. */
  putAfter(afterRevision: number): AwaitedChange {
    return { key: `${this.#name}/`, rangeEnd: `${this.#name}0`, afterRevision, only: 'put' };
  }

  /** The candidate that an event puts, if it puts one. */
  putBy({ type, kv }: IEvent): Leader | undefined {
    return type === 'Put' && this.#isCandidate(kv) ? this.#leaderOf(kv) : undefined;
  }

  /** @param at a revision, 0 for the present */
  async #first(effort: Effort, at: number): Promise<Standing | undefined> {
    let from = 0;
    for (;;) {
      const reply = await this.#read(effort, {
        key: this.#prefix,
        range_end: endOf(this.#prefix),
        sort_target: 'Create',
        sort_order: 'Ascend',
        limit: PAGE_KEYS,
        min_create_revision: from,
        revision: at,
      });
      if (reply === undefined) return undefined;
      const revision = at === 0 ? Number(reply.header.revision) : at;
      const found = reply.kvs.find((kv) => this.#isCandidate(kv));
      if (found !== undefined) return { revision, leader: this.#leaderOf(found) };
      if (!reply.more) return { revision, leader: undefined };
      // Strangers' keys fill the page. Two keys may have one create revision, so the next page begins with it again
      // unless the page was of this one revision only. New candidates come behind them.
      const highest = Number(reply.kvs.at(-1)?.create_revision);
      from = highest === from ? highest + 1 : highest;
    }
  }

  /** Undefined if the revision was compacted. */
  async #read(effort: Effort, request: IRangeRequest) {
    try {
      return await effort.repeat((options) => this.#client.kv.range(request, options));
    } catch (error) {
      effort.throwIfAborted();
      if (isCompacted(error)) return undefined;
      throw new DefiniteError(`cannot read the election ${this.#name}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  #isCandidate({ key }: IKeyValue): boolean {
    return SHAPE.test(key.subarray(this.#prefix.length).toString());
  }

  #leaderOf({ key, value, create_revision, mod_revision }: IKeyValue): Leader {
    return {
      key: key.subarray(this.#client.prefix.length).toString(),
      value: value.toString(),
      bytes: value,
      revision: Number(create_revision),
      proclaimedRevision: Number(mod_revision),
    };
  }
}

/** The exclusive end of the keys with a prefix that ends with a slash. */
function endOf(prefix: Buffer): Buffer {
  return Buffer.concat([prefix.subarray(0, -1), Buffer.from('0')]);
}
