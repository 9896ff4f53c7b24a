/**
 * Matches items without a known dequeue with dequeues that took an unknown item. Invariant: an item must be
 * gone when a less urgent one leaves, or a later one of its own class. Each is taken by a separate dequeue
 * that had begun by then, which is possible iff at every deadline enough of them had.
 */
import { upTo, type PlacedItem } from './gaps.js';
import type { Member, PriorityClass, Segment } from './priority-classes.js';

export type Resolution =
  | { readonly kind: 'possible' }
  /** These items cannot all have been there and left in any order. */
  | { readonly kind: 'impossible'; readonly items: readonly PlacedItem[]; readonly unresolved: number }
  | { readonly kind: 'gave up' };

/** Steps that a search for the segments of dequeues may take, each of about one item. */
const STEPS_MAX = 30_000_000;

/**
 * Looks for a segment for each dequeue such that all deadlines can be kept.
 *
 * @param unresolved places of the invocations of unresolved dequeues, ascending
 */
export function resolveUntaken(
  classes: readonly PriorityClass[],
  unresolved: readonly number[],
  gaps: number,
): Resolution {
  if (classes.every(({ untaken }) => untaken.length === 0)) return { kind: 'possible' };
  const open = classes.flatMap(({ members }) => members.filter(({ segments }) => segments.length > 1));
  const chosen = new Map<Member, Segment>();
  let nodes = Math.max(100, Math.floor(STEPS_MAX / (gaps + 1)));
  const search = (index: number): Resolution => {
    const resolution = judge(classes, unresolved, gaps, chosen);
    const member = open[index];
    if (resolution.kind !== 'possible' || member === undefined) return resolution;
    let end: Resolution = resolution;
    for (const segment of member.segments) {
      nodes -= 1;
      if (nodes < 0) return { kind: 'gave up' };
      chosen.set(member, segment);
      end = search(index + 1);
      if (end.kind !== 'impossible') return end;
    }
    chosen.delete(member);
    // No single choice is to blame.
    const items = classes.flatMap((one) => [...one.members.map(({ placed }) => placed), ...one.untaken]);
    return { kind: 'impossible', items, unresolved: unresolved.length };
  };
  return search(0);
}

interface Deadline {
  readonly item: PlacedItem;
  readonly gap: number;
  readonly by: PlacedItem | undefined;
}

/** Judges a choice of segments; a member with several segments and no choice has no deadline yet. */
function judge(
  classes: readonly PriorityClass[],
  unresolved: readonly number[],
  gaps: number,
  chosen: ReadonlyMap<Member, Segment>,
): Resolution {
  const departures = classes.map(({ members }) => departuresOf(members, chosen));
  const blocked = departures.find(({ blocked: items }) => items.length > 0)?.blocked;
  if (blocked !== undefined) return { kind: 'impossible', items: blocked, unresolved: unresolved.length };
  const later = new Later(
    gaps,
    departures.map(({ leave }) => leave),
  );
  const deadlines: Deadline[] = [];
  for (const [index, { members, untaken }] of classes.entries()) {
    const own = departures[index];
    for (const departure of own?.leave ?? []) later.remove(departure);
    const invocations = members.map(({ placed }) => placed.enqueueInvoke);
    for (const item of untaken) {
      const same = own?.firstFrom[upTo(invocations, item.enqueueReturn)];
      const less = later.firstFrom(item.enqueueReturn);
      const first = same === undefined || (less !== undefined && less.gap < same.gap) ? less : same;
      if (first !== undefined) deadlines.push({ item, gap: first.gap, by: first.member.placed });
    }
  }
  deadlines.sort((a, b) => a.gap - b.gap);
  for (const [index, { gap }] of deadlines.entries()) {
    const available = upTo(unresolved, gap);
    if (index < available) continue;
    const items = deadlines
      .slice(0, index + 1)
      .flatMap(({ item, by }) => (by === undefined ? [item] : [item, by]));
    return { kind: 'impossible', items, unresolved: available };
  }
  return { kind: 'possible' };
}

/** The gap in which a member leaves: the last one that its segment and the later members allow. */
interface Departure {
  readonly member: Member;
  readonly gap: number;
}

interface Departures {
  readonly leave: readonly Departure[];
  /** Of the members from each index on, the one that leaves first. */
  readonly firstFrom: readonly (Departure | undefined)[];
  /** Two members that cannot both have their segments. */
  readonly blocked: readonly PlacedItem[];
}

function departuresOf(members: readonly Member[], chosen: ReadonlyMap<Member, Segment>): Departures {
  const leave: Departure[] = [];
  const firstFrom: (Departure | undefined)[] = Array.from({ length: members.length + 1 }, () => undefined);
  for (let index = members.length - 1; index >= 0; index--) {
    const member = members[index];
    if (member === undefined) continue;
    firstFrom[index] = firstFrom[index + 1];
    const segment = member.segments.length > 1 ? chosen.get(member) : member.segments[0];
    if (segment === undefined) continue;
    const follower = firstFrom[member.after];
    const gap = Math.min(segment.last, follower?.gap ?? Infinity);
    if (gap < segment.first && follower !== undefined) {
      return { leave: [], firstFrom, blocked: [member.placed, follower.member.placed] };
    }
    const departure = { member, gap };
    leave.push(departure);
    const first = firstFrom[index];
    if (first === undefined || gap < first.gap) firstFrom[index] = departure;
  }
  return { leave, firstFrom, blocked: [] };
}

/**
 * The first member to leave from a gap on, while members are removed: a union-find over the gaps in which
 * none leaves.
 */
class Later {
  readonly #at: (Departure | undefined)[];
  readonly #count: Int32Array;
  readonly #next: Int32Array;

  constructor(gaps: number, departures: readonly (readonly Departure[])[]) {
    this.#at = Array.from({ length: gaps + 1 }, () => undefined);
    this.#count = new Int32Array(gaps + 1);
    this.#next = Int32Array.from({ length: gaps + 2 }, (_, index) => index);
    // The least urgent are removed last, so that the named one is among those that are left.
    for (const departure of departures.flat()) {
      this.#at[departure.gap] = departure;
      this.#count[departure.gap] = Number(this.#count[departure.gap]) + 1;
    }
    for (let gap = 0; gap <= gaps; gap++) if (this.#count[gap] === 0) this.#next[gap] = gap + 1;
  }

  remove({ gap }: Departure): void {
    this.#count[gap] = Number(this.#count[gap]) - 1;
    if (this.#count[gap] === 0) this.#next[gap] = gap + 1;
  }

  firstFrom(gap: number): Departure | undefined {
    let end = gap;
    while (this.#next[end] !== end) end = Number(this.#next[end]);
    for (let at = gap; at !== end;) {
      const next = Number(this.#next[at]);
      this.#next[at] = end;
      at = next;
    }
    return this.#at[end];
  }
}
