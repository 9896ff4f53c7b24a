/**
 * The search through the orders of the calls of one part. It takes them in order of their returns and keeps
 * every configuration that is still possible (just-in-time linearization, Lowe 2017), except dominated ones.
 * Invariant: it counts its time and memory, and stops when they exceed its budget.
 */
import { Configurations, type Configuration } from './configurations.js';
import type { SequentialType, TimedCall } from './sequential-type.js';

export interface SearchBudget {
  /** How many configurations it holds at a time. */
  readonly configurationsMax: number;
  /** Their size in bytes, if a state is as large as its text: some 300 bytes each besides. */
  readonly memoryMaxBytes: number;
  /** How many times it applies a call or compares two configurations, over all parts: some 300 ns each. */
  readonly stepsMax: number;
}

export const DEFAULT_SEARCH_BUDGET: SearchBudget = {
  configurationsMax: 200_000,
  memoryMaxBytes: 256 * 2 ** 20,
  stepsMax: 20_000_000,
};

export type SearchResult<Call> =
  | { readonly kind: 'possible' }
  | { readonly kind: 'gave up'; readonly reason: string }
  | {
      readonly kind: 'impossible';
      /** The first, by its return, that fits into no order. */
      readonly call: TimedCall<Call>;
      /** Ids of the calls just before it in one of the orders. */
      readonly before: readonly string[];
      /** The calls under way then, and the unanswered ones. */
      readonly underWay: readonly TimedCall<Call>[];
      readonly open: readonly TimedCall<Call>[];
    };

/** A call that has begun and is not yet in every possible order. */
interface Pending<Call> {
  readonly timed: TimedCall<Call>;
  /** Its bit: among the calls that return, or among those that may never. */
  readonly bit: bigint;
  /** The bit of an equal call that began earlier, and comes first; 0 if there is none. */
  readonly after: bigint;
}

const LAST_CALLS = 3;

class OverBudgetError extends Error {
  override readonly name = 'OverBudgetError';
}

export class Search<State, Call> {
  /** How many times a call was applied or two configurations were compared. */
  steps = 0;
  readonly #type: SequentialType<State, Call>;
  readonly #budget: SearchBudget;
  /** By bit number; a place is free again once its call is in every order. */
  readonly #returning: (Pending<Call> | undefined)[] = [];
  /** In order of invocation; they stay for ever. */
  readonly #open: Pending<Call>[] = [];
  readonly #lastAlike = new Map<string, bigint>();

  constructor(type: SequentialType<State, Call>, budget: SearchBudget) {
    this.#type = type;
    this.#budget = budget;
  }

  judge(calls: readonly TimedCall<Call>[]): SearchResult<Call> {
    const { initial, textOf } = this.#type;
    let possible = new Configurations<State>(textOf);
    possible.add({ state: initial, done: 0n, used: 0n, last: [] }, 0);
    try {
      for (const { timed, kind } of eventsOf(calls)) {
        if (kind === 'invoke') {
          this.#begin(timed);
          continue;
        }
        const before = possible;
        possible = this.#end(possible, timed);
        if (possible.size === 0) return this.#impossible(timed, before);
      }
    } catch (error) {
      if (!(error instanceof OverBudgetError)) throw error;
      return { kind: 'gave up', reason: error.message };
    }
    return { kind: 'possible' };
  }

  #begin(timed: TimedCall<Call>): void {
    if (timed.return === undefined) {
      const bit = 1n << BigInt(this.#open.length);
      const text = this.#type.textOfCall?.(timed.call);
      const after = text === undefined ? 0n : (this.#lastAlike.get(text) ?? 0n);
      if (text !== undefined) this.#lastAlike.set(text, bit);
      this.#open.push({ timed, bit, after });
      return;
    }
    const free = this.#returning.indexOf(undefined);
    const place = free === -1 ? this.#returning.length : free;
    this.#returning[place] = { timed, bit: 1n << BigInt(place), after: 0n };
  }

  /** Every configuration in which the call has happened by now. */
  #end(possible: Configurations<State>, timed: TimedCall<Call>): Configurations<State> {
    const place = this.#returning.findIndex((pending) => pending?.timed === timed);
    const bit = 1n << BigInt(place);
    const bits = this.#returning.length + this.#open.length;
    const after = new Configurations<State>(this.#type.textOf);
    const seen = new Configurations<State>(this.#type.textOf);
    const all = [possible, after, seen];
    // Those with fewest calls come first, so that dominated ones are never followed.
    let level = [...possible.all()];
    while (level.length > 0) {
      const next: Configuration<State>[] = [];
      for (const configuration of level) {
        if ((configuration.done & bit) !== 0n) {
          after.add({ ...configuration, done: configuration.done & ~bit }, bits);
          continue;
        }
        for (const one of this.#successors(configuration)) {
          if (seen.add(one, bits)) next.push(one);
          this.#count(seen.takeComparisons());
          this.#makeRoom(all);
        }
      }
      this.#count(after.takeComparisons());
      level = next;
    }
    this.#returning[place] = undefined;
    return after;
  }

  *#successors({ state, done, used, last }: Configuration<State>): Generator<Configuration<State>> {
    const after = (id: string) => [...last.slice(1 - LAST_CALLS), id];
    for (const pending of this.#returning) {
      if (pending === undefined || (done & pending.bit) !== 0n) continue;
      const next = this.#apply(state, pending);
      if (next === undefined) continue;
      yield { state: next, done: done | pending.bit, used, last: after(pending.timed.id) };
    }
    for (const pending of this.#open) {
      if ((used & pending.bit) !== 0n || (used & pending.after) !== pending.after) continue;
      const next = this.#apply(state, pending);
      if (next === undefined) continue;
      yield { state: next, done, used: used | pending.bit, last: after(pending.timed.id) };
    }
  }

  #apply(state: State, { timed }: Pending<Call>): State | undefined {
    this.#count(1);
    return this.#type.apply(state, timed.call);
  }

  #count(steps: number): void {
    this.steps += steps;
    const { stepsMax } = this.#budget;
    if (this.steps > stepsMax) throw new OverBudgetError(`takes more than ${stepsMax} steps`);
  }

  #makeRoom(all: readonly Configurations<State>[]): void {
    const { configurationsMax, memoryMaxBytes } = this.#budget;
    let size = 0;
    let bytes = 0;
    for (const one of all) {
      size += one.size;
      bytes += one.bytes;
    }
    if (size > configurationsMax) {
      throw new OverBudgetError(`needs more than ${configurationsMax} configurations at once`);
    }
    if (bytes > memoryMaxBytes) throw new OverBudgetError(`needs more than ${memoryMaxBytes} bytes`);
  }

  #impossible(call: TimedCall<Call>, before: Configurations<State>): SearchResult<Call> {
    const [one] = before.all();
    return {
      kind: 'impossible',
      call,
      before: one?.last ?? [],
      underWay: this.#returning.flatMap((pending) => (pending === undefined ? [] : [pending.timed])),
      open: this.#open.map(({ timed }) => timed),
    };
  }
}

interface Event<Call> {
  readonly kind: 'invoke' | 'return';
  readonly at: number;
  readonly timed: TimedCall<Call>;
}

/** Invocations come before returns at the same moment: they overlap. */
function eventsOf<Call>(calls: readonly TimedCall<Call>[]): readonly Event<Call>[] {
  const events = calls.flatMap((timed): Event<Call>[] => [
    { kind: 'invoke', at: timed.invoke, timed },
    ...(timed.return === undefined ? [] : [{ kind: 'return' as const, at: timed.return, timed }]),
  ]);
  return events.sort((a, b) => a.at - b.at || Number(a.kind === 'return') - Number(b.kind === 'return'));
}
