/**
 * Adds up the records of a sweep. Invariant: the result depends on the records and their order alone, so that a sweep
 * that was resumed, or cut into shards, has the result of one that ran in one go.
 */
import { MarkCounter } from './marks.js';
import { isLost, type RunRecord, type SeedRecord } from './seed-record.js';
import type { LostSeed, SweepFailure, SweepResult } from './sweep-result.js';

/** If more than this share of a sweep is blocked, the sweep is inconclusive: it has shown too little. */
const BLOCKED_MAX = 0.5;

export interface TallyRequest {
  readonly scenario: string;
  readonly seedsPlanned: number;
  /** After so many violated seeds the sweep is over. */
  readonly bail: number;
}

/** How a sweep ended, and when. */
export interface SweepEnd {
  readonly wallTimeMs: number;
  readonly interrupted: boolean;
  readonly outOfTime: boolean;
}

export class Tally {
  readonly #request: TallyRequest;
  readonly #failures: SweepFailure[] = [];
  readonly #blocked: SweepFailure[] = [];
  readonly #lost: LostSeed[] = [];
  readonly #counters: Record<string, number> = {};
  readonly #marks = new MarkCounter();
  readonly #kinds = new Map<string, number>();
  #seedsRun = 0;
  #violated = 0;

  constructor(request: TallyRequest) {
    this.#request = request;
  }

  get seedsRun(): number {
    return this.#seedsRun;
  }

  get violated(): number {
    return this.#violated;
  }

  get failures(): number {
    return this.#failures.length;
  }

  /** How many seeds failed in each way, in the order of their first seeds. */
  get kinds(): ReadonlyMap<string, number> {
    return this.#kinds;
  }

  get firstBlocked(): number | undefined {
    return this.#blocked[0]?.seed;
  }

  /** Whether so many seeds are violated that no other shall run. */
  get isOver(): boolean {
    return this.#violated >= this.#request.bail;
  }

  /** Takes the next seed. */
  add(record: SeedRecord): void {
    if (isLost(record)) {
      this.#lost.push({ seed: record.seed, how: record.lost });
      return;
    }
    this.#seedsRun++;
    this.#marks.add(record);
    for (const [name, count] of Object.entries(record.counters)) {
      this.#counters[name] = (this.#counters[name] ?? 0) + count;
    }
    const failure = failureOf(record);
    if (failure === undefined) return;
    if (record.blocked === true) {
      this.#blocked.push(failure);
      return;
    }
    this.#failures.push(failure);
    this.#kinds.set(failure.signature, (this.#kinds.get(failure.signature) ?? 0) + 1);
    if (failure.verdict === 'violated') this.#violated++;
  }

  /** Seeds that faults blocked are failures if they are too many. */
  result(end: SweepEnd): SweepResult {
    const failures = this.#allFailures();
    return {
      scenario: this.#request.scenario,
      seedsPlanned: this.#request.seedsPlanned,
      seedsRun: this.#seedsRun,
      failures: failures.sort((left, right) => left.seed - right.seed),
      blocked: this.#isBlocked() ? 0 : this.#blocked.length,
      lost: this.#lost,
      counters: this.#counters,
      marks: this.#marks.counts,
      ...end,
    };
  }

  /** Violations first, then in the order of their first seeds; what faults blocked comes last. */
  failureKinds(): readonly FailureKind[] {
    const kinds = new Map<string, { readonly first: SweepFailure; readonly seeds: number[] }>();
    for (const failure of this.#allFailures()) {
      const kind = kinds.get(failure.signature);
      if (kind === undefined) kinds.set(failure.signature, { first: failure, seeds: [failure.seed] });
      else kind.seeds.push(failure.seed);
    }
    const isViolation = ({ first }: FailureKind) => first.verdict === 'violated';
    const all = [...kinds.values()];
    for (const { seeds } of all) seeds.sort((left, right) => left - right);
    return [...all.filter(isViolation), ...all.filter((kind) => !isViolation(kind))];
  }

  #allFailures(): SweepFailure[] {
    return this.#isBlocked() ? [...this.#failures, ...this.#blocked] : [...this.#failures];
  }

  #isBlocked(): boolean {
    return this.#blocked.length > this.#seedsRun * BLOCKED_MAX;
  }
}

/** Seeds that failed in one way. */
export interface FailureKind {
  readonly first: SweepFailure;
  /** Ascending. */
  readonly seeds: readonly number[];
}

function failureOf({ seed, finding }: RunRecord): SweepFailure | undefined {
  return finding === undefined ? undefined : { seed, ...finding };
}
