/**
 * Whether the calls of any sequential type can be put into one order that the type allows and in which what ended
 * before something began comes first: the search for what no checker of its own kind judges. It takes the calls in
 * order of their returns and keeps every configuration that is still possible (just-in-time linearization, Lowe
 * 2017), without those that can do no more than another one. Invariant: it answers within its budget, and then says
 * `inconclusive`; the answer depends on the history alone, never on the machine.
 */
import type { Finding } from './check.js';
import { Configurations, type Configuration } from './linearizable/configurations.js';

/** A type, as what one call after the other makes of its state. */
export interface SequentialType<State, Call> {
  readonly initial: State;
  /** The state after the call, or undefined where its result cannot have come from this state. */
  apply(state: State, call: Call): State | undefined;
  /** States with the same text are the same. */
  textOf(state: State): string;
}

/** A call with its result. */
export interface TimedCall<Call> {
  readonly id: string;
  readonly call: Call;
  readonly invoke: number;
  /** Without it: it may have happened at any later time, or never. */
  readonly return?: number;
}

export interface LinearizableRequest<State, Call> {
  readonly type: SequentialType<State, Call>;
  readonly calls: readonly TimedCall<Call>[];
  /** Calls with different names do not affect one another, such as those of different keys; all one by default. */
  readonly partOf?: (call: Call) => string;
  /** What it did and got, as in `read 4 from k1`; the id is put before it. */
  readonly describe: (call: Call) => string;
  readonly budget?: Partial<SearchBudget>;
}

export interface SearchBudget {
  /** How many configurations it holds at a time: some 200 bytes each. */
  readonly configurationsMax: number;
  /** How many times it applies a call, over all parts: some 300 ns each. */
  readonly stepsMax: number;
}

export const DEFAULT_SEARCH_BUDGET: SearchBudget = { configurationsMax: 200_000, stepsMax: 20_000_000 };

/** Judges each part for itself; the first violation, or else the first that is inconclusive, is the answer. */
export function checkLinearizable<State, Call>(request: LinearizableRequest<State, Call>): Finding {
  const parts = new Map<string, TimedCall<Call>[]>();
  for (const call of request.calls) {
    const name = request.partOf?.(call.call) ?? '';
    const part = parts.get(name);
    if (part === undefined) parts.set(name, [call]);
    else part.push(call);
  }
  const budget = { ...DEFAULT_SEARCH_BUDGET, ...request.budget };
  let stepsLeft = budget.stepsMax;
  let undecided: Finding | undefined;
  for (const [name, calls] of parts) {
    const search = new Search(request, { ...budget, stepsMax: stepsLeft });
    const finding = search.judge(name, calls);
    if (finding.verdict === 'violated') return finding;
    if (finding.verdict === 'inconclusive') undecided ??= finding;
    stepsLeft -= search.steps;
  }
  return undecided ?? { verdict: 'satisfied' };
}

/** A call that has begun and is not yet in every possible order. */
interface Pending<Call> {
  readonly timed: TimedCall<Call>;
  /** Its bit: of those that return, or of those that perhaps never do. */
  readonly bit: bigint;
}

class OverBudgetError extends Error {
  override readonly name = 'OverBudgetError';
}

class Search<State, Call> {
  /** How many times a call was applied. */
  steps = 0;
  readonly #request: LinearizableRequest<State, Call>;
  readonly #budget: SearchBudget;
  /** By bit number; a place is free again once its call is in every order. */
  readonly #returning: (Pending<Call> | undefined)[] = [];
  /** In order of invocation; they stay for ever. */
  readonly #open: Pending<Call>[] = [];

  constructor(request: LinearizableRequest<State, Call>, budget: SearchBudget) {
    this.#request = request;
    this.#budget = budget;
  }

  judge(part: string, calls: readonly TimedCall<Call>[]): Finding {
    const { initial, textOf } = this.#request.type;
    let possible = new Configurations<State>(textOf);
    possible.add({ state: initial, done: 0n, used: 0n, last: undefined });
    const where = part === '' ? '' : ` of ${part}`;
    try {
      for (const { timed, kind } of eventsOf(calls)) {
        if (kind === 'invoke') {
          this.#begin(timed);
          continue;
        }
        const before = possible;
        possible = this.#end(possible, timed);
        if (possible.size === 0) return this.#violation(where, timed, before);
      }
    } catch (error) {
      if (!(error instanceof OverBudgetError)) throw error;
      return { verdict: 'inconclusive', reason: `the search through the orders${where} ${error.message}` };
    }
    return { verdict: 'satisfied' };
  }

  #begin(timed: TimedCall<Call>): void {
    if (timed.return === undefined) {
      this.#open.push({ timed, bit: 1n << BigInt(this.#open.length) });
      return;
    }
    const free = this.#returning.indexOf(undefined);
    const place = free === -1 ? this.#returning.length : free;
    this.#returning[place] = { timed, bit: 1n << BigInt(place) };
  }

  /** Every configuration in which the call has happened by now. */
  #end(possible: Configurations<State>, timed: TimedCall<Call>): Configurations<State> {
    const place = this.#returning.findIndex((pending) => pending?.timed === timed);
    const bit = 1n << BigInt(place);
    const after = new Configurations<State>(this.#request.type.textOf);
    const seen = new Configurations<State>(this.#request.type.textOf);
    // Those with fewest calls come first, so that those that can do no more are never followed.
    let level = [...possible.all()];
    while (level.length > 0) {
      const next: Configuration<State>[] = [];
      for (const configuration of level) {
        if ((configuration.done & bit) !== 0n) {
          after.add({ ...configuration, done: configuration.done & ~bit });
          continue;
        }
        for (const one of this.#successors(configuration)) if (seen.add(one)) next.push(one);
      }
      if (after.size + seen.size > this.#budget.configurationsMax) {
        throw new OverBudgetError(
          `needs more than ${this.#budget.configurationsMax} configurations at a time`,
        );
      }
      level = next;
    }
    this.#returning[place] = undefined;
    return after;
  }

  *#successors(configuration: Configuration<State>): Generator<Configuration<State>> {
    const { state, done, used } = configuration;
    for (const pending of this.#returning) {
      if (pending === undefined || (done & pending.bit) !== 0n) continue;
      const after = this.#apply(state, pending);
      if (after === undefined) continue;
      yield { state: after, done: done | pending.bit, used, last: link(configuration, pending) };
    }
    for (const pending of this.#open) {
      if ((used & pending.bit) !== 0n) continue;
      const after = this.#apply(state, pending);
      if (after === undefined) continue;
      yield { state: after, done, used: used | pending.bit, last: link(configuration, pending) };
    }
  }

  #apply(state: State, { timed }: Pending<Call>): State | undefined {
    this.steps += 1;
    if (this.steps > this.#budget.stepsMax) {
      throw new OverBudgetError(`takes more than ${this.#budget.stepsMax} steps`);
    }
    return this.#request.type.apply(state, timed.call);
  }

  /** What did not fit, with what was under way and what came just before it in one of the orders. */
  #violation(where: string, timed: TimedCall<Call>, before: Configurations<State>): Finding {
    const { describe } = this.#request;
    const [longest] = before.all();
    const last = longest?.last;
    const earlier = [last?.before?.before, last?.before, last].flatMap((one) =>
      one === undefined ? [] : [one.id],
    );
    const under = this.#returning.flatMap((one) => (one === undefined ? [] : [one.timed.id]));
    const open = this.#open.map((one) => one.timed.id);
    return {
      verdict: 'violated',
      message: `${timed.id} (${describe(timed.call)}) fits into no order${where}`,
      operations: [...new Set([...earlier, ...open, ...under, timed.id])],
      revisions: [],
    };
  }
}

function link<State>(
  { last }: Configuration<State>,
  { timed }: { readonly timed: { readonly id: string } },
): Configuration<State>['last'] {
  return { id: timed.id, before: last };
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
