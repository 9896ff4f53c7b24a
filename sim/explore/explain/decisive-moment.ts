/**
 * Finds the moment that decides a failing run. It rewinds to a moment, draws everything after it anew several
 * times, and counts how many of these futures fail. A coarse grid of moments shows where the count jumps;
 * bisection finds the event at which it does. Invariant: the same answers give the same result, in a bounded
 * number of runs, however long they take.
 */
import type { FutureCount } from '../../run/explanation.js';

export interface FuturesRequest {
  /** How many events the failing run has. */
  readonly events: number;
  /** After this many events little happens, as in a run that waits in vain: moments are denser before it. */
  readonly busyEvents?: number;
  /** Whether a future of the moment after so many events fails; undefined if no more runs are available. */
  fails(afterEvents: number, future: number): Promise<boolean | undefined>;
  readonly runsMax: number;
  /** How many futures may be under way at once; one by default. */
  atOnce?(): number;
  /** Called after every run. */
  progress?(runs: number): void;
}

/** The moment from which the futures fail. */
export type Turn =
  /**
   * From `at` on most futures fail. The turn lies between `before` and `after`: one event, unless several
   * contribute, or there were too few runs to tell which.
   */
  | {
      readonly kind: 'jump';
      readonly before: FutureCount;
      readonly at: FutureCount;
      readonly after: FutureCount;
      /** False if there were too few runs to find the exact event. */
      readonly isExact: boolean;
    }
  /** Most futures fail from the start, and nothing in the run makes much of a difference. */
  | { readonly kind: 'from-start' }
  /** Up to the last event most futures pass. */
  | { readonly kind: 'at-end' };

export interface FuturesResult {
  /** Ascending; the last is the failing run itself, which has no other future. */
  readonly counts: readonly FutureCount[];
  /** Undefined if there were not enough runs to tell. */
  readonly turn: Turn | undefined;
  readonly runs: number;
}

const FUTURES_PER_MOMENT = 10;
const MOMENTS_MAX = 17;
const MOMENTS_MIN = 5;
/** The rest is for bisection. */
const GRID_SHARE = 0.6;
/** With fewer runs nothing is counted, unless the run is very short. */
export const RUNS_MIN = Math.ceil(((MOMENTS_MIN - 1) * FUTURES_PER_MOMENT) / GRID_SHARE);
/** The grid begins with so many gaps, and is refined only where both ends of a gap differ by so much. */
const COARSE_GAPS = 4;
const DIFFERENT_MIN = 0.25;
/** If this many fail from the start, no later moment can make a difference. */
const FROM_START_MIN = 0.9;
/** A smaller difference between before and after may be chance. */
const JUMP_MIN = 0.25;

export async function findTurn(request: FuturesRequest): Promise<FuturesResult> {
  const search = new Search(request);
  const start = await search.countStart();
  if (start === 'fails') return { counts: search.counts, turn: { kind: 'from-start' }, runs: search.runs };
  const turn = start === 'goes on' && (await search.countGrid()) ? await search.findTurn() : undefined;
  return { counts: search.counts, turn, runs: search.runs };
}

class Search {
  runs = 0;
  readonly #request: FuturesRequest;
  readonly #counts = new Map<number, FutureCount>();

  constructor(request: FuturesRequest) {
    this.#request = request;
    const { events } = request;
    this.#counts.set(events, { events, failed: 1, of: 1 });
  }

  get counts(): FutureCount[] {
    return [...this.#counts.values()].sort((left, right) => left.events - right.events);
  }

  /** Whether the futures of the start fail; undefined if there are too few runs, or it was interrupted. */
  async countStart(): Promise<'fails' | 'goes on' | undefined> {
    if (this.#gridSize === undefined) return undefined;
    const start = await this.#count(0);
    if (start === undefined) return undefined;
    return shareOf(start) >= FROM_START_MIN ? 'fails' : 'goes on';
  }

  /** The number of moments in the grid; undefined if there are too few runs for one. */
  get #gridSize(): number | undefined {
    const { events, runsMax } = this.#request;
    const affordable = Math.floor((runsMax * GRID_SHARE) / FUTURES_PER_MOMENT) + 1;
    const size = Math.min(MOMENTS_MAX, affordable, events + 1);
    return size < Math.min(MOMENTS_MIN, events + 1) ? undefined : size;
  }

  /** False if the count was interrupted or impossible. */
  async countGrid(): Promise<boolean> {
    const { events, busyEvents = events } = this.#request;
    const size = this.#gridSize;
    if (size === undefined) return false;
    const isBusy = busyEvents >= events || busyEvents < size;
    const gap = isBusy ? events / (size - 1) : busyEvents / (size - 2);
    const moments = Array.from({ length: size }, (_, index) =>
      index === size - 1 ? events : Math.round(index * gap),
    );
    const stride = Math.max(1, Math.ceil((size - 1) / COARSE_GAPS));
    for (let index = stride; index < size - 1; index += stride) {
      if ((await this.#countAt(moments[index])) === undefined) return false;
    }
    for (let from = 0; from < size - 1; from += stride) {
      if (!(await this.#refine(moments.slice(from, from + stride + 1)))) return false;
    }
    return true;
  }

  /** Counts the moments between the first and the last, but not where those two agree. */
  async #refine(moments: readonly number[]): Promise<boolean> {
    const [first, last] = [await this.#countAt(moments[0]), await this.#countAt(moments.at(-1))];
    if (first === undefined || last === undefined) return false;
    if (moments.length < 3 || Math.abs(shareOf(first) - shareOf(last)) < DIFFERENT_MIN) return true;
    const middle = Math.floor(moments.length / 2);
    return (
      (await this.#countAt(moments[middle])) !== undefined &&
      (await this.#refine(moments.slice(0, middle + 1))) &&
      (await this.#refine(moments.slice(middle)))
    );
  }

  async #countAt(events = 0): Promise<FutureCount | undefined> {
    return this.#counts.get(events) ?? (await this.#count(events));
  }

  /** Undefined if it was interrupted. */
  async findTurn(): Promise<Turn | undefined> {
    const grid = this.counts;
    const step = stepOf(grid);
    if (step === undefined) return { kind: 'from-start' };
    const turn = await this.#bisect(grid[step.index - 1], grid[step.index], (share) => share > step.level);
    if (turn === undefined) return undefined;
    const [, at] = turn;
    if (at.events === this.#request.events) return { kind: 'at-end' };
    const before = await this.#lastLow(at, step.low);
    const after = await this.#firstHigh(at, step.high);
    if (before === undefined || after === undefined) return undefined;
    return { kind: 'jump', before, at, after, isExact: at.events - turn[0].events === 1 };
  }

  /** The last moment before `at` whose futures behave like the early ones. */
  async #lastLow(at: FutureCount, low: number): Promise<FutureCount | undefined> {
    const { counts } = this;
    const index = counts.findLastIndex((count) => count.events < at.events && shareOf(count) <= low);
    return (await this.#bisect(counts[Math.max(0, index)], counts[index + 1], (share) => share > low))?.[0];
  }

  /** The first moment from `at` on whose futures behave like the late ones. */
  async #firstHigh(at: FutureCount, high: number): Promise<FutureCount | undefined> {
    const { counts } = this;
    const index = counts.findIndex((count) => count.events >= at.events && shareOf(count) >= high);
    if (counts[index]?.events === at.events) return at;
    return (await this.#bisect(counts[index - 1], counts[index], (share) => share >= high))?.[1];
  }

  /**
   * Two moments between which the answer changes, as it does between the given ones; they are neighbours
   * unless there are too few runs. Undefined if it was interrupted.
   */
  async #bisect(
    before: FutureCount | undefined,
    behind: FutureCount | undefined,
    isBehind: (share: number) => boolean,
  ): Promise<readonly [FutureCount, FutureCount] | undefined> {
    if (before === undefined || behind === undefined) return undefined;
    let [low, high] = [before, behind];
    while (high.events - low.events > 1 && this.runs + FUTURES_PER_MOMENT <= this.#request.runsMax) {
      const middle = await this.#count(Math.floor((low.events + high.events) / 2));
      if (middle === undefined) return undefined;
      if (isBehind(shareOf(middle))) high = middle;
      else low = middle;
    }
    return [low, high];
  }

  /** Undefined if it was interrupted. */
  async #count(events: number): Promise<FutureCount | undefined> {
    let failed = 0;
    for (let done = 0; done < FUTURES_PER_MOMENT;) {
      const count = Math.min(this.#request.atOnce?.() ?? 1, FUTURES_PER_MOMENT - done);
      const futures = Array.from({ length: count }, (_, index) => done + index);
      for (const fails of await Promise.all(futures.map((future) => this.#request.fails(events, future)))) {
        if (fails === undefined) return undefined;
        this.runs += 1;
        if (fails) failed += 1;
        this.#request.progress?.(this.runs);
      }
      done += count;
    }
    const count = { events, failed, of: FUTURES_PER_MOMENT };
    this.#counts.set(events, count);
    return count;
  }
}

interface Step {
  /** The index of the first count after it. */
  readonly index: number;
  /** Halfway between the shares before it and after it. */
  readonly level: number;
  /** Shares up to here behave like those before it. */
  readonly low: number;
  /** Shares from here on behave like those after it. */
  readonly high: number;
}

/**
 * The step that fits the counts best by least squares, among those after which most futures fail. Undefined
 * if there is none, or most fail from the start.
 */
function stepOf(counts: readonly FutureCount[]): Step | undefined {
  const shares = counts.map(shareOf);
  let best: (Step & { readonly error: number }) | undefined;
  for (let index = 1; index < shares.length; index++) {
    const [left, right] = [spreadOf(shares.slice(0, index)), spreadOf(shares.slice(index))];
    if (right.mean <= 0.5 || right.mean - left.mean < JUMP_MIN) continue;
    // A step at the very end is not a decision within the run.
    if (index === shares.length - 1 && left.mean > 0.5) continue;
    const error = left.error + right.error;
    if (best === undefined || error < best.error) {
      const level = Math.max(0.5, (left.mean + right.mean) / 2);
      best = { index, level, low: (left.mean + level) / 2, high: (level + right.mean) / 2, error };
    }
  }
  return best;
}

function spreadOf(shares: readonly number[]): { readonly mean: number; readonly error: number } {
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return { mean, error: shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) };
}

function shareOf({ failed, of }: FutureCount): number {
  return failed / of;
}
