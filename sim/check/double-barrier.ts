/**
 * Double barriers over intervals: whoever is let in has company, and whoever is let out leaves nobody behind. Both
 * conditions are necessary and need no knowledge of rounds; what may have been concurrent is never held against anybody.
 */

/** One stay of one node, by places in the run's total order. */
export interface Stay {
  readonly id: string;
  readonly node: string;
  readonly barrier: string;
  /** When it began to enter. */
  readonly came: number;
  /** When it was told that it is in; undefined where it was not. */
  readonly entered?: number;
  /** When it began to leave, or gave up; Infinity where it did neither. */
  readonly goes: number;
  /** When it was told that all have left; undefined where it was not. */
  readonly left?: number;
  /** Whether it was surely inside until it began to leave: its session did not end before. */
  readonly stayed: boolean;
  /** Whether its session was lost, so that its key may have been there for a while longer. */
  readonly lost: boolean;
}

export type DoubleBarrierViolation =
  /** Fewer than the count had come when it was let in. */
  | { readonly kind: 'entered early'; readonly stay: Stay; readonly company: readonly Stay[] }
  /** Another was inside all the while. */
  | { readonly kind: 'left early'; readonly stay: Stay; readonly inside: Stay };

export function doubleBarrierViolation(
  stays: readonly Stay[],
  count: number,
): DoubleBarrierViolation | undefined {
  const byEnd = [...stays].sort((left, right) => (left.entered ?? Infinity) - (right.entered ?? Infinity));
  for (const stay of byEnd) {
    // The key of a session that was lost counts as that of another process, even of the same node.
    const others = stays.filter(
      (other) => other.barrier === stay.barrier && other !== stay && (other.node !== stay.node || other.lost),
    );
    const { entered, left } = stay;
    if (entered !== undefined) {
      const company = others.filter((other) => other.came < entered && other.goes > stay.came);
      if (processesOf(company) + 1 < count) {
        return { kind: 'entered early', stay, company };
      }
    }
    if (left !== undefined) {
      const inside = others.find(
        (other) => other.stayed && (other.entered ?? Infinity) < stay.goes && other.goes > left,
      );
      if (inside !== undefined) return { kind: 'left early', stay, inside };
    }
  }
  return undefined;
}

/** How many processes these stays can be of: a node counts once, and once more for each session it lost. */
function processesOf(stays: readonly Stay[]): number {
  const alive = new Set(stays.filter(({ lost }) => !lost).map(({ node }) => node));
  return alive.size + stays.filter(({ lost }) => lost).length;
}
