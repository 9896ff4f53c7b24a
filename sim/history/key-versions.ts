/**
 * The values of each key and the revisions from which they held, from the log. Invariant: before its first
 * version a key was absent.
 */
import type { History } from './history.js';

/** The value of a key from one revision to the next. */
export interface KeyVersion {
  readonly revision: number;
  /** Undefined if it was deleted, or not yet created. */
  readonly value: string | undefined;
}

/**
 * By key, ascending. The first is the absence before the log. If a revision touches a key twice, the last
 * version counts.
 */
export function versionsOf({ log }: Pick<History, 'log'>): ReadonlyMap<string, readonly KeyVersion[]> {
  const keys = new Map<string, KeyVersion[]>();
  for (const { revision, events } of log) {
    for (const { type, key, value } of events) {
      let own = keys.get(key);
      if (own === undefined) keys.set(key, (own = [{ revision: 0, value: undefined }]));
      if (own.at(-1)?.revision === revision) own.pop();
      own.push({ revision, value: type === 'put' ? value : undefined });
    }
  }
  return keys;
}

/** The index of the last version that is not newer than a revision. */
export function placeAt(versions: readonly KeyVersion[], revision: number): number {
  let low = 0;
  let high = versions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((versions[middle]?.revision ?? Infinity) <= revision) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
