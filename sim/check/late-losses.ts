/**
 * Whoever went on to believe that it had something when another had got it. Invariant: of two that believe so the one
 * that got it first has lost it, whichever was told first; and every pair counts, not only the one that believed so for
 * longest, for it may have stood still while others were awake.
 */
import { overlapsOf, type Holding } from './exclusion.js';
import type { History } from '../history/history.js';
import { lateness } from './lateness.js';

/** A node's belief that it has something, from when it was told so to when it was told, or decided, otherwise. */
export interface Belief extends Holding {
  readonly node: string;
  readonly startUs: number;
  readonly endUs: number;
  /** Revision that says who got it before whom. */
  readonly granted: number;
}

export interface LateLoss {
  readonly loser: Belief;
  readonly other: Belief;
  /** How late it was told, in words. */
  readonly late: string;
}

/** The first that was told more than so many seconds of its own time after both believed to have it. */
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
