/**
 * Finds the moment that decides a failing run: rewind to a moment, let everything after it be drawn anew several times,
 * and count how many of these futures fail. A coarse grid of moments shows where the count jumps, bisection finds the
 * event at which it does. Invariant: the same answers give the same result, in a bounded number of runs, whatever the
 * time they take.
 */

/** How many futures of the moment after so many events failed in the same way. */
export interface FutureCount {
  readonly events: number;
  readonly failed: number;
  readonly of: number;
}

export interface FuturesRequest {
  /** How many events the failing run has. */
  readonly events: number;
  /** Whether a future of the moment after so many events fails; undefined where no more runs are to be had. */
  fails(afterEvents: number, future: number): Promise<boolean | undefined>;
  readonly runsMax: number;
  /** Told after every run. */
  progress?(runs: number): void;
}

/** Where the futures turn bad. */
export type Turn =
  /** With what happens after `before` and up to `at`, which is one event unless there were too few runs. */
  | { readonly kind: 'jump'; readonly before: FutureCount; readonly at: FutureCount }
  /** Most futures fail from the start on, and nothing in the run makes much of a difference. */
  | { readonly kind: 'from-start' }
  /** Up to the last event most futures go well. */
  | { readonly kind: 'at-end' };

export interface FuturesResult {
  /** Ascending; the last is the failing run itself, which has no other future. */
  readonly counts: readonly FutureCount[];
  /** Undefined where there were not enough runs to tell. */
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
/** A smaller difference between before and after may be chance. */
const JUMP_MIN = 0.25;

export async function findTurn(request: FuturesRequest): Promise<FuturesResult> {
  const search = new Search(request);
  const turn = (await search.countGrid()) ? await search.findTurn() : undefined;
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

  /** False where it could not be counted to its end. */
  async countGrid(): Promise<boolean> {
    const { events, runsMax } = this.#request;
    const affordable = Math.floor((runsMax * GRID_SHARE) / FUTURES_PER_MOMENT) + 1;
    const size = Math.min(MOMENTS_MAX, affordable, events + 1);
    if (size < Math.min(MOMENTS_MIN, events + 1)) return false;
    for (let index = 0; index < size - 1; index++) {
      if ((await this.#count(Math.round((index * events) / (size - 1)))) === undefined) return false;
    }
    return true;
  }

  /** Undefined where it was interrupted. */
  async findTurn(): Promise<Turn | undefined> {
    const grid = this.counts;
    const step = stepOf(grid);
    if (step === undefined) return { kind: 'from-start' };
    let [before, at] = [grid[step.index - 1], grid[step.index]];
    while (before !== undefined && at !== undefined && at.events - before.events > 1) {
      if (this.runs + FUTURES_PER_MOMENT > this.#request.runsMax) break;
      const middle = await this.#count(Math.floor((before.events + at.events) / 2));
      if (middle === undefined) return undefined;
      if (shareOf(middle) > step.level) at = middle;
      else before = middle;
    }
    if (before === undefined || at === undefined) return undefined;
    return at.events === this.#request.events ? { kind: 'at-end' } : { kind: 'jump', before, at };
  }

  /** Undefined where it was interrupted. */
  async #count(events: number): Promise<FutureCount | undefined> {
    let failed = 0;
    for (let future = 0; future < FUTURES_PER_MOMENT; future++) {
      const fails = await this.#request.fails(events, future);
      if (fails === undefined) return undefined;
      this.runs += 1;
      if (fails) failed += 1;
      this.#request.progress?.(this.runs);
    }
    const count = { events, failed, of: FUTURES_PER_MOMENT };
    this.#counts.set(events, count);
    return count;
  }
}

interface Step {
  /** Of the first count behind it. */
  readonly index: number;
  /** Halfway between the shares before it and those behind it. */
  readonly level: number;
}

/**
 * The step that fits the counts best by least squares, of those behind which most futures fail. Undefined where most
 * fail from the start on, and none is high.
 */
function stepOf(counts: readonly FutureCount[]): Step | undefined {
  const shares = counts.map(shareOf);
  let best: (Step & { readonly error: number }) | undefined;
  for (let index = 1; index < shares.length; index++) {
    const [left, right] = [spreadOf(shares.slice(0, index)), spreadOf(shares.slice(index))];
    if (right.mean <= 0.5 || right.mean - left.mean < JUMP_MIN) continue;
    // What only the end decides is nothing that the run has decided.
    if (index === shares.length - 1 && left.mean > 0.5) continue;
    const error = left.error + right.error;
    if (best === undefined || error < best.error) {
      best = { index, level: Math.max(0.5, (left.mean + right.mean) / 2), error };
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
