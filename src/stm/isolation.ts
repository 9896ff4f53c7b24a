/** How transactions may interfere: the levels of etcd's Go client (`concurrency.Isolation`), by the same names. */

/**
 * - `SerializableSnapshot`: all reads are of the revision of the first one; commits only if nothing that was read
 *   has changed and nothing that is written has changed since.
 * - `Serializable`: the same without the check of what is written and was not read.
 * - `RepeatableReads`: a key that is read twice gives the same value twice, different keys may be read at different
 *   revisions; commits only if nothing that was read has changed. Reads are served by any member, lagging or not.
 * - `ReadCommitted`: the same reads, and no check at all at commit: concurrent transactions may undo each other.
 */
export type Isolation = 'SerializableSnapshot' | 'Serializable' | 'RepeatableReads' | 'ReadCommitted';

/** What a level asks for. */
export interface IsolationRules {
  /** Every read is of one revision. */
  readonly snapshot: boolean;
  /** Commits only if what was read is unchanged. */
  readonly checksReads: boolean;
  /** Commits only if what is written is unchanged since the snapshot. */
  readonly checksWrites: boolean;
}

export const isolationRules: { readonly [level in Isolation]: IsolationRules } = {
  SerializableSnapshot: { snapshot: true, checksReads: true, checksWrites: true },
  Serializable: { snapshot: true, checksReads: true, checksWrites: false },
  RepeatableReads: { snapshot: false, checksReads: true, checksWrites: false },
  ReadCommitted: { snapshot: false, checksReads: false, checksWrites: false },
};
