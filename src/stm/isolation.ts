/** How transactions may interfere: the levels of etcd's Go client (`concurrency.Isolation`), under the same names. */

/**
 * - `SerializableSnapshot`: all reads are of the revision of the first one. Commits only if no key that it read or
 *   writes has changed since.
 * - `Serializable`: the same, but keys that it writes without reading them may have changed.
 * - `RepeatableReads`: a key has the same value in every read, but different keys may be read at different revisions.
 *   Commits only if no key that it read has changed. Any member serves the reads, even one that lags.
 * - `ReadCommitted`: the same reads, but no check at commit: concurrent transactions may undo each other.
 */
export type Isolation = 'SerializableSnapshot' | 'Serializable' | 'RepeatableReads' | 'ReadCommitted';

/** The rules of a level. */
export interface IsolationRules {
  /** All reads are of one revision. */
  readonly snapshot: boolean;
  /** Commits only if the keys that it read are unchanged. */
  readonly checksReads: boolean;
  /** Commits only if the keys that it writes are unchanged since the snapshot. */
  readonly checksWrites: boolean;
}

export const isolationRules: { readonly [level in Isolation]: IsolationRules } = {
  SerializableSnapshot: { snapshot: true, checksReads: true, checksWrites: true },
  Serializable: { snapshot: true, checksReads: true, checksWrites: false },
  RepeatableReads: { snapshot: false, checksReads: true, checksWrites: false },
  ReadCommitted: { snapshot: false, checksReads: false, checksWrites: false },
};
