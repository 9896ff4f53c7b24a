/** What every way of watching shares. */
import type { ToldEvent } from '../../sim/check/watch.js';
import type { NodeContext } from '../../sim/scenario/scenario.js';

/** What is watched, without the run's prefix. */
export interface Target {
  readonly key: string;
  readonly isPrefix: boolean;
}

export interface WatchRequest {
  readonly target: Target;
  /** Only what comes from this revision on; undefined for whatever comes from now on. */
  readonly startRevision: number | undefined;
  readonly onlyPuts: boolean;
  readonly withPrevious: boolean;
}

/** What a watcher hears. */
export interface WatchListener {
  /** This, which came together, in order. */
  told(batch: readonly ToldEvent[]): void;
  /** That nothing up to this revision is still to come. */
  reached(revision: number): void;
  /** That its stream broke, and was opened anew. */
  resumed(): void;
}

/** A watch under way. */
export interface Watching {
  /** Resolves, with why, where the watcher is told that nothing more comes. */
  readonly over: Promise<string>;
  cancel(): Promise<void>;
}

/** One node's way of watching. */
export interface Watches {
  watch(request: WatchRequest, listener: WatchListener): Promise<Watching>;
  /** Frees what the node has beside its watches. */
  end(): void;
}

export type OpenWatches = (context: NodeContext) => Watches;
