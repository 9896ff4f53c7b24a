/**
 * The items of one queue in etcd, and which of them is first. Invariant: only keys of exactly the queue's shape count, so
 * queues whose names are prefixes of one another never mix.
 */
import type { IKeyValue, IRangeRequest, IRangeResponse, Namespace } from 'etcd3';
import type { AwaitedChange } from '../changes.js';
import type { Operation } from '../commit/exactly-once.js';
import type { Effort } from '../effort.js';
import { isCompacted } from '../errors.js';
import { DigitKeys, PAGE_KEYS, reading } from './digit-keys.js';

/** One item. */
export interface Item {
  /** Without the client's namespace. */
  readonly key: string;
  /** The part of the key behind `<name>/`. */
  readonly tail: string;
  readonly value: Buffer;
  /** Revision that put it. */
  readonly modRevision: number;
}

/** The first item at a revision, or undefined if there was none. */
export interface First {
  readonly item: Item | undefined;
  readonly revision: number;
}

/** How to tell the items of a kind of queue from other keys, and which of them leaves first. */
export interface ItemKind {
  /** Matches the part of an item's key behind `<name>/`; it begins with a digit. */
  readonly shape: RegExp;
  /** `Mod`: the one that was put first. `Key`: the one with the smallest key. */
  readonly first: 'Mod' | 'Key';
}

export class Items {
  readonly #prefix: string;
  readonly #keys: DigitKeys;
  readonly #kind: ItemKind;
  readonly #order: IRangeRequest;

  constructor(client: Namespace, name: string, kind: ItemKind) {
    this.#prefix = `${name}/`;
    this.#keys = new DigitKeys(client, this.#prefix);
    this.#kind = kind;
    // etcd keeps keys sorted: an explicit order by key would make it sort them all to return one.
    this.#order = kind.first === 'Mod' ? { sort_target: 'Mod', sort_order: 'Ascend' } : {};
  }

  /** Reads the first item. Rejects with a `DefiniteError` if etcd cannot be asked, or with the signal's reason. */
  first(effort: Effort): Promise<First> {
    return reading(effort, () => this.#readFirst(effort));
  }

  /** Reads the first key as part of a transaction; {@link fromReply} makes an item of the reply. */
  get firstKey(): Operation {
    return this.#keys.operation({ ...this.#order, limit: 1 });
  }

  /** The first item by the reply to {@link firstKey} at a revision; asks again if a stranger's key comes first. */
  fromReply(effort: Effort, reply: IRangeResponse, revision: number): Promise<First> {
    return reading(effort, () => this.#firstOf(effort, reply, revision));
  }

  /** The change to wait for if there was no item at a revision. */
  putAfter(revision: number): AwaitedChange {
    return this.#keys.putAfter(revision);
  }

  async #readFirst(effort: Effort): Promise<First> {
    const reply = await this.#keys.read(effort, { ...this.#order, limit: 1 });
    return this.#firstOf(effort, reply, Number(reply.header.revision));
  }

  async #firstOf(effort: Effort, { kvs, more }: IRangeResponse, revision: number): Promise<First> {
    const [found] = kvs;
    if (found !== undefined && this.#isItem(found)) return { item: this.#itemOf(found), revision };
    return more ? this.#search(effort, revision) : { item: undefined, revision };
  }

  /**
   * Looks for the first item among strangers' keys. All pages are of one revision, so no item can slip in behind the
   * search.
   */
  async #search(effort: Effort, revision: number): Promise<First> {
    let from: IRangeRequest = {};
    for (;;) {
      let page: IRangeResponse;
      try {
        // Strangers' values may be large, and are of no use here.
        const request = { ...this.#order, ...from, limit: PAGE_KEYS, revision, keys_only: true };
        page = await this.#keys.read(effort, request);
      } catch (error) {
        if (isCompacted(error)) return this.#readFirst(effort);
        throw error;
      }
      const found = page.kvs.find((candidate) => this.#isItem(candidate));
      if (found !== undefined) return this.#readValue(effort, found, revision);
      const last = page.kvs.at(-1);
      if (last === undefined || !page.more) return { item: undefined, revision };
      from = this.#after(last);
    }
  }

  #after({ key, mod_revision }: IKeyValue): IRangeRequest {
    if (this.#kind.first === 'Key') return { key: Buffer.concat([key, Buffer.from([0])]) };
    // The page may have ended between keys of one revision.
    return { min_mod_revision: mod_revision };
  }

  async #readValue(effort: Effort, { key, mod_revision }: IKeyValue, revision: number): Promise<First> {
    const { kvs } = await this.#keys.readKey(effort, key);
    const [found] = kvs;
    if (found?.mod_revision === mod_revision) return { item: this.#itemOf(found), revision };
    // Another client took it in between.
    return this.#readFirst(effort);
  }

  #isItem(candidate: IKeyValue): boolean {
    return this.#kind.shape.test(this.#keys.tailOf(candidate));
  }

  #itemOf(found: IKeyValue): Item {
    const tail = this.#keys.tailOf(found);
    return { key: this.#prefix + tail, tail, value: found.value, modRevision: Number(found.mod_revision) };
  }
}
