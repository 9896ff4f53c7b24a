/** The comparisons of the recipes' transactions, by what they ask of a key. Keys are without the client's namespace. */

/** A comparison of one key, or of every key in a range. */
export interface Comparison {
  readonly key: string;
  /** Exclusive end of a range: then all keys in it are compared. A range without keys reads as 0. */
  readonly rangeEnd?: string;
  readonly target: 'Version' | 'Create' | 'Mod' | 'Lease';
  readonly result: 'Equal' | 'Greater' | 'Less';
  /** Ids of leases are decimal: they may be too large for a number. */
  readonly value: number | string;
}

/** The key does not exist. */
export function absent(key: string): Comparison {
  return { key, target: 'Version', result: 'Equal', value: 0 };
}

/** The key exists. */
export function present(key: string): Comparison {
  return { key, target: 'Version', result: 'Greater', value: 0 };
}

/** The key was created at this revision. */
export function createdAt(key: string, revision: number): Comparison {
  return { key, target: 'Create', result: 'Equal', value: revision };
}

/** The key was last modified at this revision; 0 if it does not exist. */
export function modifiedAt(key: string, revision: number): Comparison {
  return { key, target: 'Mod', result: 'Equal', value: revision };
}

/** The key was last modified before this revision, or does not exist. */
export function modifiedBefore(key: string, revision: number): Comparison {
  return { key, target: 'Mod', result: 'Less', value: revision };
}

/** The key exists under this lease. */
export function underLease(key: string, lease: string): Comparison {
  return { key, target: 'Lease', result: 'Equal', value: lease };
}

/** Revisions of a key never come back: a comparison with the revision of a key that existed stays false once it is. */
export function isFinal({ rangeEnd, target, result, value }: Comparison): boolean {
  const comparesRevision = target === 'Create' || target === 'Mod';
  return rangeEnd === undefined && comparesRevision && result === 'Equal' && value !== 0;
}
