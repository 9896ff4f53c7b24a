/** The common part of all ways to watch. */
import type { ToldEvent } from '../../sim/check/watch.js';
import type { NodeContext } from '../../sim/scenario/scenario.js';

/** The watched keys, without the run's prefix. */
export interface Target {
  readonly key: string;
  readonly isPrefix: boolean;
}

export interface WatchRequest {
  readonly target: Target;
  /** Only events from this revision on; undefined for new events only. */
  readonly startRevision: number | undefined;
  readonly onlyPuts: boolean;
  readonly withPrevious: boolean;
}

/** A message to a watcher. */
export interface WatchListener {
  /** These events, which came together, in order. */
  told(batch: readonly ToldEvent[]): void;
  /** No event up to this revision is still to come. */
  reached(revision: number): void;
  /** Its stream broke, and was reopened. */
  resumed(): void;
}

/** A watch under way. */
export interface Watching {
  /** Resolves, with the reason, when the watcher learns that there will be no more events. */
  readonly over: Promise<string>;
  cancel(): Promise<void>;
}

/** One node's way of watching. */
export interface Watches {
  watch(request: WatchRequest, listener: WatchListener): Promise<Watching>;
  /** Frees the node's resources other than its watches. */
  end(): void;
}

export type OpenWatches = (context: NodeContext) => Watches;
