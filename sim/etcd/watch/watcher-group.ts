/**
 * Watchers by what they watch, so that a change finds those it concerns: single keys by hash, ranges by comparing
 * with each distinct range. Invariant: found watchers come in order of their creation.
 */
import type { ByteString } from '../byte-string.js';
import type { Watcher } from './watcher.js';

interface RangeWatchers {
  readonly key: ByteString;
  readonly end: ByteString;
  readonly watchers: Set<Watcher>;
}

const NONE: readonly Watcher[] = [];

export class WatcherGroup {
  readonly #byKey = new Map<ByteString, Set<Watcher>>();
  readonly #ranges = new Map<string, RangeWatchers>();

  add(watcher: Watcher): void {
    const { key, end } = watcher.range;
    if (end === undefined) {
      const watchers = this.#byKey.get(key);
      if (watchers === undefined) this.#byKey.set(key, new Set([watcher]));
      else watchers.add(watcher);
      return;
    }
    const name = nameOf(key, end);
    const range = this.#ranges.get(name);
    if (range === undefined) this.#ranges.set(name, { key, end, watchers: new Set([watcher]) });
    else range.watchers.add(watcher);
  }

  delete(watcher: Watcher): void {
    const { key, end } = watcher.range;
    if (end === undefined) {
      const watchers = this.#byKey.get(key);
      watchers?.delete(watcher);
      if (watchers?.size === 0) this.#byKey.delete(key);
      return;
    }
    const name = nameOf(key, end);
    const range = this.#ranges.get(name);
    range?.watchers.delete(watcher);
    if (range?.watchers.size === 0) this.#ranges.delete(name);
  }

  /** Everyone who watches the key. */
  watching(key: ByteString): readonly Watcher[] {
    const sets: Set<Watcher>[] = [];
    const watchers = this.#byKey.get(key);
    if (watchers !== undefined) sets.push(watchers);
    for (const range of this.#ranges.values()) {
      if (range.key <= key && (range.end === '' || key < range.end)) sets.push(range.watchers);
    }
    const [only] = sets;
    if (only === undefined) return NONE;
    if (sets.length === 1) return [...only];
    return sets.flatMap((set) => [...set]).sort((left, right) => left.sequence - right.sequence);
  }
}

/** The length keeps two byte strings apart whatever is in them. */
function nameOf(key: ByteString, end: ByteString): string {
  return `${key.length}:${key}${end}`;
}
