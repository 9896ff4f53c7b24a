/**
 * Why a run failed, as data: the sentence and the witness of its check, the causal past that leads to them,
 * and the moment from which most other futures fail too. `sim/explore/explain` makes it, reporters show it.
 */

/** How many futures that start after so many events failed in the same way. */
export interface FutureCount {
  readonly events: number;
  readonly failed: number;
  readonly of: number;
}

/** One line of what led to a failure. */
export interface PastStep {
  readonly timeUs: number;
  /**
   * The actor: a node, `setup`, `test` or `fault`, or `etcd` for its own actions; empty for several at once.
   */
  readonly node: string;
  /** The id of the operation that it is part of. */
  readonly operation?: string;
  /** Such as `read lock/a of revision 3, which n2-1.lock had put`. */
  readonly text: string;
  /** The minor steps, if the line stands for several. */
  readonly folded?: readonly PastStep[];
}

/** How many futures from one moment failed. */
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
      /**
       * From it on most futures fail. Other events after `before.events` and up to `after.events` may
       * contribute.
       */
      readonly event: EventText;
      readonly before: MomentFutures;
      readonly after: MomentFutures;
      /** False if there were too few runs to tell: it may then be an earlier event in that range. */
      readonly isExact: boolean;
      /** Ids of the operations that had begun and not returned. */
      readonly underWay: readonly string[];
      /** What happened to nodes and faults just before and after it, and the event itself. */
      readonly around: readonly EventText[];
    }
  /** Most futures fail from the start. */
  | {
      readonly kind: 'from-start';
      readonly start: MomentFutures;
      /** How many faults the run has, including those by hand. */
      readonly faults: number;
    }
  /** They fail as long as a fault by hand is present; without it most pass. */
  | {
      readonly kind: 'by-hand';
      readonly start: MomentFutures;
      readonly without: Omit<FutureCount, 'events'>;
      readonly fault: Omit<EventText, 'number'>;
    }
  | { readonly kind: 'at-end'; readonly before: MomentFutures };

export interface Explanation {
  /** The size of the explained run. */
  readonly size: string;
  /** What went wrong, in the scenario's own words. */
  readonly sentence: string;
  /** Ids of the operations that show it. */
  readonly witness: readonly string[];
  /** The most recent last; absent if the run has no record of its calls. */
  readonly past?: readonly PastStep[];
  /** Ascending; empty if no future was run. */
  readonly moments: readonly MomentFutures[];
  /** Undefined if there were too few runs to tell, or it was interrupted. */
  readonly decisive?: Decisive;
  /** Whether an interruption kept it from saying more. */
  readonly interrupted?: true;
  /** How many events the run has. */
  readonly events: number;
  /** How many runs it took. */
  readonly runs: number;
}
