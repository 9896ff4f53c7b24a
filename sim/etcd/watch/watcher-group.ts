/**
 * Watchers by what they watch, so that a change finds those it concerns: single keys by hash, ranges in an interval
 * tree. Invariant: found watchers come in order of their creation.
 */
import type { ByteString } from '../byte-string.js';
import { IntervalTree } from './interval-tree.js';
import type { Watcher } from './watcher.js';

const NONE: readonly Watcher[] = [];

export class WatcherGroup {
  readonly #byKey = new Map<ByteString, Set<Watcher>>();
  readonly #byRange = new IntervalTree<Set<Watcher>>();

  add(watcher: Watcher): void {
    const watchers = this.#watchersOf(watcher);
    if (watchers !== undefined) {
      watchers.add(watcher);
      return;
    }
    const { key, end } = watcher.range;
    if (end === undefined) this.#byKey.set(key, new Set([watcher]));
    else this.#byRange.add(key, end, new Set([watcher]));
  }

  delete(watcher: Watcher): void {
    const watchers = this.#watchersOf(watcher);
    watchers?.delete(watcher);
    if (watchers?.size !== 0) return;
    const { key, end } = watcher.range;
    if (end === undefined) this.#byKey.delete(key);
    else this.#byRange.delete(key, end);
  }

  /** Everyone who watches the key. */
  watching(key: ByteString): readonly Watcher[] {
    const sets: Set<Watcher>[] = [];
    const watchers = this.#byKey.get(key);
    if (watchers !== undefined) sets.push(watchers);
    this.#byRange.visit(key, (found) => sets.push(found));
    const [only] = sets;
    // Stryker disable next-line ConditionalExpression: a shortcut, which finds the same
    if (only === undefined) return NONE;
    // Stryker disable next-line ConditionalExpression: likewise
    if (sets.length === 1) return [...only];
    return sets.flatMap((set) => [...set]).sort((left, right) => left.sequence - right.sequence);
  }

  /** Those who watch exactly the same. */
  #watchersOf({ range: { key, end } }: Watcher): Set<Watcher> | undefined {
    return end === undefined ? this.#byKey.get(key) : this.#byRange.get(key, end);
  }
}
