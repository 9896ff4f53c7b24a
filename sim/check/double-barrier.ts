/**
 * Double barriers over intervals: a node that is let in was there at one moment with the full number of
 * members. A node that is let out leaves no member behind. Both conditions are necessary and need no
 * knowledge of rounds. Invariant: operations that may have been concurrent never count as a violation; the
 * reported one is the first, by the return that shows it. O(n log n).
 */

/** One stay of one node, by places in the run's total order. */
export interface Stay {
  readonly id: string;
  readonly node: string;
  readonly barrier: string;
  /** When it began to enter. */
  readonly came: number;
  /** When it learned that it is in; undefined if it did not. */
  readonly entered?: number;
  /** When it began to leave, or gave up; Infinity if it did neither. */
  readonly goes: number;
  /** When it learned that all have left; undefined if it did not. */
  readonly left?: number;
  /** Whether it was surely inside until it began to leave: its session did not end before. */
  readonly stayed: boolean;
  /** Whether its session was lost, so that its key may have existed for a while longer. */
  readonly lost: boolean;
}

export type DoubleBarrierViolation =
  /** At every moment before it was let in, fewer than the count were there; these were at the best one. */
  | { readonly kind: 'entered early'; readonly stay: Stay; readonly company: readonly Stay[] }
  /** Another was inside all the time. */
  | { readonly kind: 'left early'; readonly stay: Stay; readonly inside: Stay };

export function doubleBarrierViolation(
  stays: readonly Stay[],
  count: number,
): DoubleBarrierViolation | undefined {
  const byBarrier = new Map<string, Stay[]>();
  for (const stay of stays) {
    const own = byBarrier.get(stay.barrier);
    if (own === undefined) byBarrier.set(stay.barrier, [stay]);
    else own.push(stay);
  }
  let first: DoubleBarrierViolation | undefined;
  for (const own of byBarrier.values()) {
    for (const found of [enteredEarly(own, count), leftEarly(own)]) {
      if (found !== undefined && (first === undefined || shownBy(found) < shownBy(first))) first = found;
    }
  }
  return first;
}

function shownBy({ kind, stay }: DoubleBarrierViolation): number {
  return (kind === 'entered early' ? stay.entered : stay.left) ?? Infinity;
}

function enteredEarly(stays: readonly Stay[], count: number): DoubleBarrierViolation | undefined {
  const presence = new Presence(stays);
  let first: Stay | undefined;
  for (const stay of stays) {
    const { came, entered } = stay;
    if (entered === undefined || entered >= (first?.entered ?? Infinity)) continue;
    if (presence.mostWithin(came, entered) < count) first = stay;
  }
  if (first === undefined) return undefined;
  const company = presence.companyOf(first);
  return { kind: 'entered early', stay: first, company };
}

function leftEarly(stays: readonly Stay[]): DoubleBarrierViolation | undefined {
  const byEntry = stays
    .filter(({ stayed, entered }) => stayed && entered !== undefined)
    .sort((left, right) => (left.entered ?? 0) - (right.entered ?? 0));
  const leaving = stays
    .filter(({ left }) => left !== undefined)
    .sort((left, right) => left.goes - right.goes);
  /** The one that stays longest of those that had entered by then. */
  let longest: Stay | undefined;
  let next = 0;
  let first: { readonly stay: Stay; readonly inside: Stay } | undefined;
  for (const stay of leaving) {
    for (; next < byEntry.length; next++) {
      const inside = byEntry[next];
      if (inside === undefined || !((inside.entered ?? Infinity) < stay.goes)) break;
      if (longest === undefined || inside.goes > longest.goes) longest = inside;
    }
    if (longest === undefined || !(longest.goes > (stay.left ?? Infinity))) continue;
    if (first === undefined || (stay.left ?? 0) < (first.stay.left ?? 0)) first = { stay, inside: longest };
  }
  return first === undefined ? undefined : { kind: 'left early', ...first };
}

/**
 * How many keys may have existed at each moment: one from a node's arrival until it begins to leave. A node
 * has one at a time, plus one for each session that it lost.
 */
class Presence {
  readonly #spans: readonly { readonly stay: Stay; readonly from: number; readonly until: number }[];
  readonly #moments: readonly number[];
  /** By powers of two: the maximum within that many moments, from each one on. */
  readonly #most: readonly Int32Array[];

  constructor(stays: readonly Stay[]) {
    const later = new Map<string, number>();
    // Of several tries that began as one, the last continues.
    const byComing = [...stays].reverse().sort((left, right) => right.came - left.came);
    this.#spans = byComing.map((stay) => {
      const until = stay.lost ? stay.goes : Math.min(stay.goes, later.get(stay.node) ?? Infinity);
      later.set(stay.node, stay.came);
      return { stay, from: stay.came, until };
    });
    const changes = this.#spans
      .flatMap(({ from, until }) => [
        { at: from, by: 1 },
        { at: until, by: -1 },
      ])
      // A member that leaves at the moment another arrives was not there with it.
      .sort((left, right) => (left.at === right.at ? left.by - right.by : left.at - right.at));
    this.#moments = changes.map(({ at }) => at);
    let there = 0;
    let level = Int32Array.from(changes, ({ by }) => (there += by));
    const most = [level];
    for (let width = 1; 2 * width <= changes.length; width *= 2) {
      const below = level;
      level = Int32Array.from({ length: changes.length - 2 * width + 1 }, (_, index) =>
        Math.max(below[index] ?? 0, below[index + width] ?? 0),
      );
      most.push(level);
    }
    this.#most = most;
  }

  /** The maximum at one moment, from the first inclusive to the other exclusive. */
  mostWithin(from: number, to: number): number {
    const [first, end] = [this.#placeOf(from), this.#placeOf(to)];
    if (end <= first) return 0;
    const power = 31 - Math.clz32(end - first);
    const level = this.#most[power];
    return Math.max(level?.[first] ?? 0, level?.[end - 2 ** power] ?? 0);
  }

  /** The others that were there at the best of the moments before it was let in. */
  companyOf(stay: Stay): readonly Stay[] {
    const { came, entered = Infinity } = stay;
    let best: readonly Stay[] = [];
    for (let place = this.#placeOf(came); place < this.#placeOf(entered); place++) {
      const at = this.#moments[place] ?? 0;
      const there = this.#spans.filter((one) => one.from <= at && one.until > at && one.stay !== stay);
      if (there.length > best.length) best = there.map((one) => one.stay);
    }
    return best;
  }

  /** The first moment that is not before this one. */
  #placeOf(moment: number): number {
    let low = 0;
    let high = this.#moments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#moments[middle] ?? Infinity) < moment) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
