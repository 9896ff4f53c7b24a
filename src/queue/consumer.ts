/**
 * Taking the first item of a queue: read it, then claim it by a transaction that compares its revision; wait if there
 * is none. Invariant: a claimed item was the first one when it was read. A call whose claim took an item hands it out,
 * even if it was given up in between.
 */
import type { IResponseOp, Namespace } from 'etcd3';
import { Changes } from '../changes.js';
import { modifiedAt } from '../commit/comparisons.js';
import type { ExactlyOnce } from '../commit/exactly-once.js';
import type { Effort } from '../effort.js';
import { Turns } from '../turns.js';
import type { First, Item, Items } from './items.js';

/** An item that was taken. */
export interface Taken {
  readonly item: Item;
  /** Revision at which it left the queue. */
  readonly revision: number;
}

export class Consumer {
  readonly #client: Namespace;
  readonly #once: ExactlyOnce;
  readonly #items: Items;
  readonly #turns = new Turns();

  constructor(client: Namespace, once: ExactlyOnce, items: Items) {
    this.#client = client;
    this.#once = once;
    this.#items = items;
  }

  /** Takes the first item. Rejects as `ExactlyOnce.apply` does. */
  take(effort: Effort): Promise<Taken> {
    // Later calls of this process would only compete for the same item.
    return this.#turns.take(effort, () => this.#take(effort));
  }

  async #take(effort: Effort): Promise<Taken> {
    effort.begin();
    const changes = new Changes(this.#client, effort);
    let first = await this.#items.first(effort);
    let losses = 0;
    for (;;) {
      const { item, revision } = first;
      if (item === undefined) {
        await changes.next(this.#items.putAfter(revision));
        first = await this.#items.first(effort);
        continue;
      }
      const claim = await this.#claim(effort, item);
      if (claim.kind === 'applied') return { item, revision: claim.revision };
      // Other clients take items too. After the first loss it uses the reads of the refusal; after later ones it pauses
      // and reads again.
      losses += 1;
      first = claim.first;
      if (losses === 1) continue;
      await effort.pauseAfterConflict();
      first = await this.#items.first(effort);
    }
  }

  async #claim(
    effort: Effort,
    { key, modRevision }: Item,
  ): Promise<
    { readonly kind: 'applied'; readonly revision: number } | { readonly kind: 'lost'; readonly first: First }
  > {
    const applied = await this.#once.apply(effort, {
      compares: [modifiedAt(key, modRevision)],
      writes: [this.#client.delete().key(key)],
      readings: [this.#items.firstKey],
    });
    if (applied.kind === 'applied') return applied;
    const [reply] = applied.responses as [IResponseOp];
    return {
      kind: 'lost',
      first: await this.#items.fromReply(effort, reply.response_range, applied.revision),
    };
  }
}
