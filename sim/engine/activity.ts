/**
 * Counts the events of each node and keeps the most recent ones. They show which node runs away in a run that
 * does not end. Invariant: counting changes nothing in a run, and an event costs nearly nothing.
 */

/** How busy one node is. */
export interface BusyNode {
  readonly node: string;
  readonly events: number;
}

/** A kind of event that was frequent among the recent ones. */
export interface RecentKind {
  /** Such as `w1/timer` or `w1>m1 KV.Range`. */
  readonly label: string;
  /** How many of {@link Activity.recentEvents}. */
  readonly events: number;
}

const RECENT_MAX = 1024;

export class Activity {
  readonly #counts = new Map<string, number>();
  readonly #recent: string[] = [];
  #events = 0;
  #timeUs = 0;

  /** Hears every event. */
  count(event: number, timeUs: number, label: string, node: string | undefined): void {
    this.#events = event;
    this.#timeUs = timeUs;
    this.#recent[event % RECENT_MAX] = label;
    if (node !== undefined) this.#counts.set(node, (this.#counts.get(node) ?? 0) + 1);
  }

  get events(): number {
    return this.#events;
  }

  /** Virtual microseconds at the last event. */
  get timeUs(): number {
    return this.#timeUs;
  }

  /** The nodes with the most events, the busiest first. */
  busiest(count: number): BusyNode[] {
    return topOf(this.#counts, count).map(([node, events]) => ({ node, events }));
  }

  /** How many events {@link recent} looks back at. */
  get recentEvents(): number {
    return Math.min(this.#events, RECENT_MAX);
  }

  /** The kinds of event that happened most often of late. */
  recent(count: number): RecentKind[] {
    const kinds = new Map<string, number>();
    for (const label of this.#recent) {
      const kind = kindOf(label);
      if (kind !== undefined) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    return topOf(kinds, count).map(([label, events]) => ({ label, events }));
  }
}

/** A label without the number of its call; the first place of the ring stays empty at the start. */
function kindOf(label: string | undefined): string | undefined {
  return label?.replace(/#\d+/, '').replace(/\/[a-z0-9]*\.([A-Za-z]+)\//, '$1.');
}

/** The order depends only on the counts and the names. */
function topOf(counts: ReadonlyMap<string, number>, count: number): [string, number][] {
  return [...counts]
    .sort((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1))
    .slice(0, count);
}
