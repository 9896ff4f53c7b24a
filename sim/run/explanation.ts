/**
 * Why a run failed, as data: the sentence and the witness that its check gives, the causal past that leads to them, and
 * the moment from which most other futures fail as well. `sim/explore/explain` makes it, reporters show it.
 */

/** How many futures of the moment after so many events failed in the same way. */
export interface FutureCount {
  readonly events: number;
  readonly failed: number;
  readonly of: number;
}

/** One line of what led to a failure. */
export interface PastStep {
  readonly timeUs: number;
  /** Whose it is: a node, `setup`, `test`, `fault`, or `etcd` for what etcd did by itself; empty for several at once. */
  readonly node: string;
  /** The id of the operation that it is a part of. */
  readonly operation?: string;
  /** Such as `read lock/a of revision 3, which n2-1.lock had put`. */
  readonly text: string;
  /** The steps that matter less, where the line stands for several. */
  readonly folded?: readonly PastStep[];
}

/** How many futures of a moment failed. */
export interface MomentFutures extends FutureCount {
  readonly timeUs: number;
}

/** An event in words. */
export interface EventText {
  readonly number: number;
  readonly timeUs: number;
  readonly text: string;
}

/** What decides the failure. */
export type Decisive =
  | {
      readonly kind: 'event';
      /** From it on most futures fail. Others behind `before.events` and up to `after.events` may have a share in that. */
      readonly event: EventText;
      readonly before: MomentFutures;
      readonly after: MomentFutures;
      /** False where there were too few runs to tell: then it may be an earlier one of those. */
      readonly isExact: boolean;
      /** Ids of the operations that had begun and not returned. */
      readonly underWay: readonly string[];
      /** What happened just before and after it to nodes and faults, and the event itself. */
      readonly around: readonly EventText[];
    }
  /** Most futures fail from the start on. */
  | {
      readonly kind: 'from-start';
      readonly start: MomentFutures;
      /** How many faults the run has, those by hand included. */
      readonly faults: number;
    }
  /** They do as long as a fault by hand is there: without it most go well. */
  | {
      readonly kind: 'by-hand';
      readonly start: MomentFutures;
      readonly without: Omit<FutureCount, 'events'>;
      readonly fault: Omit<EventText, 'number'>;
    }
  | { readonly kind: 'at-end'; readonly before: MomentFutures };

export interface Explanation {
  /** How large the run is that it is about. */
  readonly size: string;
  /** What went wrong, in the scenario's own words. */
  readonly sentence: string;
  /** Ids of the operations that show it. */
  readonly witness: readonly string[];
  /** The most recent last; absent where the run has no record of its calls. */
  readonly past?: readonly PastStep[];
  /** Ascending; empty where no future was run. */
  readonly moments: readonly MomentFutures[];
  /** Undefined where there were too few runs to tell, or it was interrupted. */
  readonly decisive?: Decisive;
  /** Whether it could have said more if it had not been interrupted. */
  readonly interrupted?: true;
  /** How many events the run has. */
  readonly events: number;
  /** How many runs it took. */
  readonly runs: number;
}
