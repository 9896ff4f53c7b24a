/** One watcher: what it watches, how far it has come, and where its batches go. */
import type { ByteString } from '../byte-string.js';
import type { Change } from '../store/change.js';
import type { RangeEnd } from '../store/store.js';

/** One delivery to a watcher. Without changes it is progress, or with `compactRevision` its end. */
export interface WatchBatch {
  readonly changes: readonly Change[];
  /** Of the store when the batch was made; 0 for the end by compaction, as in etcd. */
  readonly revision: number;
  /** Not 0 where what it wants has been compacted; nothing follows. */
  readonly compactRevision: number;
}

/** What to watch. */
export interface WatchedRange {
  readonly key: ByteString;
  readonly end: RangeEnd;
  /** 0 is "from now on". */
  readonly startRevision: number;
  /** Changes to leave out. */
  readonly filters: readonly ('put' | 'delete')[];
}

export class Watcher {
  /** The next revision it wants to hear of. */
  minRevision: number;
  state: 'new' | 'synced' | 'unsynced' | 'victim' | 'compacted' | 'cancelled' = 'new';

  constructor(
    readonly range: WatchedRange,
    /** Order among watchers of a member: older ones receive first. */
    readonly sequence: number,
    /** False if the client does not take it for now; then it has not received it. */
    readonly deliver: (batch: WatchBatch) => boolean,
  ) {
    this.minRevision = range.startRevision;
  }

  /** Delivers changes after filtering; where nothing is left, nothing. False where the client does not take them. */
  send(changes: readonly Change[], revision: number): boolean {
    const { filters } = this.range;
    const wanted =
      // Stryker disable next-line ConditionalExpression: a shortcut, which leaves the same
      filters.length === 0
        ? changes
        : changes.filter((change) => !filters.includes(change.isDelete ? 'delete' : 'put'));
    return wanted.length === 0 || this.deliver({ changes: wanted, revision, compactRevision: 0 });
  }
}
