/**
 * The toxics of one direction of a proxy, in the order in which they were added. Invariant: only the last one is removed
 * from Toxiproxy. Toxiproxy 2.12 panics otherwise, with `index out of range` in `link.go`: if a connection closes while an
 * earlier toxic is removed, that connection keeps one toxic more than the proxy, and the next one to be added finds no
 * place.
 */
import type { Toxic } from '../../faults/fault.js';

/** A toxic on Toxiproxy. */
export interface AddedToxic {
  remove(): Promise<unknown>;
  /** It stays in its place, and lets everything through. */
  disable(): Promise<unknown>;
}

interface Entry {
  readonly toxic: Toxic;
  added: AddedToxic;
  isOver: boolean;
}

export class ToxicStack {
  readonly #add: (toxic: Toxic) => Promise<AddedToxic>;
  readonly #entries: Entry[] = [];
  /** One change at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(add: (toxic: Toxic) => Promise<AddedToxic>) {
    this.#add = add;
  }

  /** The returned function ends it, and may be called once. */
  add(toxic: Toxic): Promise<() => Promise<void>> {
    return this.#inTurn(async () => {
      const entry = { toxic, added: await this.#add(toxic), isOver: false };
      this.#entries.push(entry);
      return () => this.#inTurn(() => this.#end(entry));
    });
  }

  async #end(entry: Entry): Promise<void> {
    entry.isOver = true;
    if (entry !== this.#entries.at(-1)) {
      if (closesConnections(entry.toxic)) return this.#rebuildFrom(entry);
      await entry.added.disable();
    }
    while (this.#entries.at(-1)?.isOver === true) await this.#pop();
  }

  /** Those above give way for a moment; their connections close anyway. */
  async #rebuildFrom(entry: Entry): Promise<void> {
    const above = this.#entries.slice(this.#entries.indexOf(entry) + 1).filter(({ isOver }) => !isOver);
    while (this.#entries.includes(entry)) await this.#pop();
    for (const one of above) {
      one.added = await this.#add(one.toxic);
      this.#entries.push(one);
    }
  }

  async #pop(): Promise<void> {
    await this.#entries.at(-1)?.added.remove();
    this.#entries.pop();
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(change);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** Of Toxiproxy's toxics only this one closes the connections when it is removed. */
function closesConnections({ type }: Toxic): boolean {
  return type === 'timeout';
}
