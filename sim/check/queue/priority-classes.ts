/**
 * The items of one queue by priority, and where in the history each dequeue can have happened. Invariant: a
 * dequeue happens only in a gap that no more urgent item covers. An item covers the gaps between the return
 * of its enqueue and the invocation of its dequeue. Of two items of one class, the one that came clearly
 * first leaves first.
 */
import { Coverage } from './coverage.js';
import { below, upTo, type Gaps, type PlacedDequeue, type PlacedItem } from './gaps.js';

/** Gaps in which a dequeue can have happened: both ends are open, and so is every other dequeue's gap between them. */
export interface Segment {
  readonly first: number;
  readonly last: number;
}

/** An item that was dequeued. */
export interface Member {
  readonly placed: PlacedItem;
  readonly taken: PlacedDequeue;
  /** Split where the enqueue of a more urgent item returned that has no known dequeue. */
  readonly segments: readonly Segment[];
  /** Index of the first member that came after this one. */
  readonly after: number;
}

/** All items of one priority. */
export interface PriorityClass {
  readonly priority: number;
  /** Dequeued, by the invocations of their enqueues. */
  readonly members: readonly Member[];
  /** Surely enqueued, without a known dequeue. */
  readonly untaken: readonly PlacedItem[];
}

/** A dequeue that can have happened nowhere, or a pair whose later item must have left first. */
export type Misplaced =
  | { readonly kind: 'covered'; readonly member: Member }
  | { readonly kind: 'overtaken'; readonly member: Member; readonly overtaking: Member };

export interface Classes {
  /** The most urgent first. */
  readonly classes: readonly PriorityClass[];
  /** The one that shows first. */
  readonly misplaced: Misplaced | undefined;
}

export function classify({ count, items }: Gaps): Classes {
  const byPriority = new Map<number, PlacedItem[]>();
  for (const placed of items) {
    const others = byPriority.get(placed.item.priority);
    if (others === undefined) byPriority.set(placed.item.priority, [placed]);
    else others.push(placed);
  }
  const coverage = new Coverage(count);
  let boundaries: readonly number[] = [];
  const classes: PriorityClass[] = [];
  let misplaced: Misplaced | undefined;
  for (const priority of [...byPriority.keys()].sort((a, b) => a - b)) {
    const own = (byPriority.get(priority) ?? []).sort((a, b) => a.enqueueInvoke - b.enqueueInvoke);
    const members = membersOf(own, coverage, boundaries);
    const untaken = own.filter(({ taken }) => taken === undefined);
    classes.push({ priority, members, untaken });
    for (const found of findMisplaced(members)) {
      if (misplaced === undefined || shownBy(found) < shownBy(misplaced)) misplaced = found;
    }
    for (const { placed, taken } of members) coverage.cover(placed.enqueueReturn, taken.invoke - 1);
    if (untaken.length > 0) {
      const returns = untaken.map(({ enqueueReturn }) => enqueueReturn);
      boundaries = [...boundaries, ...returns].sort((a, b) => a - b);
    }
  }
  return { classes, misplaced };
}

/** The return that makes it wrong. */
function shownBy(misplaced: Misplaced): number {
  const { member } = misplaced;
  return misplaced.kind === 'covered' ? member.taken.last : misplaced.overtaking.taken.last;
}

function membersOf(own: readonly PlacedItem[], coverage: Coverage, boundaries: readonly number[]): Member[] {
  const dequeued = own.flatMap((placed) =>
    placed.taken === undefined ? [] : [{ placed, taken: placed.taken }],
  );
  const invocations = dequeued.map(({ placed }) => placed.enqueueInvoke);
  return dequeued.map(({ placed, taken }) => ({
    placed,
    taken,
    segments: segmentsOf(taken, coverage, boundaries),
    after: upTo(invocations, placed.enqueueReturn),
  }));
}

function segmentsOf(window: PlacedDequeue, coverage: Coverage, boundaries: readonly number[]): Segment[] {
  const segments: Segment[] = [];
  let start = window.first;
  const add = (end: number) => {
    const [first, last] = [coverage.firstOpen(start), coverage.lastOpen(end)];
    if (first <= last) segments.push({ first, last });
    start = end + 1;
  };
  for (let index = upTo(boundaries, window.first); index < below(boundaries, window.last + 1); index++) {
    const boundary = Number(boundaries[index]);
    if (boundary > start) add(boundary - 1);
  }
  add(window.last);
  return segments;
}

function findMisplaced(members: readonly Member[]): Misplaced[] {
  const found: Misplaced[] = members
    .filter(({ segments }) => segments.length === 0)
    .map((member) => ({ kind: 'covered', member }));
  const placeable = members.filter(({ segments }) => segments.length > 0);
  const byReturn = [...placeable].sort((a, b) =>
    a.placed.enqueueReturn === b.placed.enqueueReturn ? 0 : a.placed.enqueueReturn - b.placed.enqueueReturn,
  );
  /** Of the members that were in before the present one arrived, the one that left last. */
  let latest: Member | undefined;
  let next = 0;
  for (const overtaking of placeable) {
    for (;;) {
      const earlier = byReturn[next];
      if (earlier === undefined || earlier.placed.enqueueReturn >= overtaking.placed.enqueueInvoke) break;
      if (latest === undefined || earliest(earlier) > earliest(latest)) latest = earlier;
      next += 1;
    }
    if (latest !== undefined && earliest(latest) > (overtaking.segments.at(-1)?.last ?? Infinity)) {
      found.push({ kind: 'overtaken', member: latest, overtaking });
    }
  }
  return found;
}

function earliest(member: Member): number {
  return member.segments[0]?.first ?? -1;
}
