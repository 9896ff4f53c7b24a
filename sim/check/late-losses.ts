/**
 * Finds nodes that kept believing that they had something when another had got it. Invariant: of two such
 * believers the one that got it first has lost it, whichever heard first. Every pair counts, not only the
 * longest belief, because its node may have been paused while others were awake.
 */
import { overlapsOf, type Holding } from './exclusion.js';
import type { History } from '../history/history.js';
import { lateness } from './lateness.js';

/**
 * A node's belief that it has something, from the moment it learns so until it hears, or decides, otherwise.
 */
export interface Belief extends Holding {
  readonly node: string;
  readonly startUs: number;
  readonly endUs: number;
  /** The revision that decides the order of the grants. */
  readonly granted: number;
}

export interface LateLoss {
  readonly loser: Belief;
  readonly other: Belief;
  /** How late it heard, in words. */
  readonly late: string;
}

/** The first that heard more than this many seconds of its own time after both believed that they had it. */
export function lateLossOf(
  history: History,
  beliefs: readonly Belief[],
  withinSeconds: number,
): LateLoss | undefined {
  for (const { second } of overlapsOf(beliefs) as { first: Belief; second: Belief }[]) {
    for (const first of beliefs) {
      if (!excludes(first, second) || first.start >= second.start || first.end <= second.start) continue;
      const [loser, other] = second.granted < first.granted ? [second, first] : [first, second];
      const times = { fromUs: second.startUs, toldUs: loser.endUs, withinSeconds };
      const late = lateness(history, { node: loser.node, ...times });
      if (late !== undefined) return { loser, other, late };
    }
  }
  return undefined;
}

function excludes(one: Holding, other: Holding): boolean {
  return one.lock === other.lock && (one.mode === 'write' || other.mode === 'write');
}
