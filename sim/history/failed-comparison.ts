/**
 * Which comparison of a refused transaction failed, and what etcd had instead, from the log. Invariant: the
 * found value is left out if the log does not show it, as for leases and ranges.
 */
import type { FailedComparison } from './calls.js';
import type { LogEntry, LogEvent } from './history.js';

export interface Comparison extends Omit<FailedComparison, 'found' | 'revision'> {
  readonly isRange: boolean;
}

/** A change of a key, with its revision. */
type Version = LogEvent & { readonly revision: number };

export class Comparisons {
  readonly #keys = new Map<string, Version[]>();

  constructor(log: readonly LogEntry[]) {
    for (const { revision, events } of log) {
      for (const event of events) {
        const own = this.#keys.get(event.key) ?? [];
        this.#keys.set(event.key, own);
        own.push({ ...event, revision });
      }
    }
  }

  /** The first that failed at the revision; without evidence in the log, the only one. */
  failedAt(comparisons: readonly Comparison[], revision: number): FailedComparison | undefined {
    for (const comparison of comparisons) {
      const { isRange, ...words } = comparison;
      if (isRange || words.of === 'lease') continue;
      const version = this.#keys.get(words.key)?.findLast((one) => one.revision <= revision);
      const found = foundOf(words.of, version);
      if (found !== undefined && holds(words, found)) continue;
      const is = version?.type === 'put' ? { revision: version.revision } : {};
      return { ...words, ...(found === undefined ? {} : { found }), ...is };
    }
    const [only] = comparisons;
    if (only === undefined || comparisons.length > 1) return undefined;
    const { isRange: _, ...words } = only;
    return words;
  }
}

/** Undefined for the value of an absent key: every comparison with it fails. */
function foundOf(of: FailedComparison['of'], version: Version | undefined): string | undefined {
  const isThere = version?.type === 'put';
  switch (of) {
    case 'version':
      return String(isThere ? version.version : 0);
    case 'create revision':
      return String(isThere ? version.createRevision : 0);
    case 'revision':
      return String(isThere ? version.revision : 0);
    case 'value':
      return isThere ? version.value : undefined;
    case 'lease':
      return undefined;
    default:
      return of satisfies never;
  }
}

function holds({ of, relation, expected }: Omit<FailedComparison, 'found'>, found: string): boolean {
  const order = of === 'value' ? compare(found, expected) : compare(Number(found), Number(expected));
  switch (relation) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    default:
      return relation satisfies never;
  }
}

function compare<T extends string | number>(left: T, right: T): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
