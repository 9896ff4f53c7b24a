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

/** A watch under way. */
export interface Watching {
  /** Resolves, with why, where the watcher is told that nothing more comes. */
  readonly over: Promise<string>;
  cancel(): Promise<void>;
}

/** One node's way of watching. */
export interface Watches {
  /** @param tell is called with what comes together, in order */
  watch(request: WatchRequest, tell: (batch: readonly ToldEvent[]) => void): Promise<Watching>;
  /** Frees what the node has beside its watches. */
  end(): void;
}

export type OpenWatches = (context: NodeContext) => Watches;
