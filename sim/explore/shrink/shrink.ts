/**
 * Shrinks the plan of a failing run to the parts that the failure needs: strategy, members, faults, nodes,
 * operations, items of drawn lists. Then it shrinks the choices of a needed strategy, drawn values, and the
 * remaining options and times. Invariant: the returned plan was run and fails with the same signature; the
 * same request gives the same result.
 */
import { EscapeError } from '../../engine/escape-error.js';
import type { ChoiceObserver } from '../../engine/strategy.js';
import type { RunResult } from '../../run/run-result.js';
import type { OptionSpecs } from '../../plan/options.js';
import type { RunWatch } from '../../run/run-watch.js';
import type { Plan } from '../../plan/plan.js';
import { plannedIdOf, plannedIdsOf } from '../../plan/planned-id.js';
import { witnessOf } from '../../run/first-finding.js';
import { anchored } from './anchor.js';
import { begunInTime } from './begun-in-time.js';
import {
  simpler,
  withFaults,
  withMembers,
  withNodes,
  withOperations,
  withoutStrategy,
  withPicks,
  withRerolls,
} from './candidates.js';
import { LostRunError } from '../lost-run.js';
import { settled } from './settle.js';
import { removeDrawn, simplifyDrawn, type DrawnValues, type DrawSearch } from './draws.js';
import { HangKeeper } from './hang.js';
import { hasCause, kindOfFailure } from './kind-of-failure.js';
import { minimize } from './minimize.js';
import { withWeaker } from './weaker.js';
import type { Pick } from '../../plan/strategy-spec.js';
import { signaturesOf, type Signature } from '../../run/signature.js';

export interface ShrinkRequest {
  /** A run that failed. */
  readonly failure: RunResult;
  /** The scenario's. */
  readonly options: OptionSpecs;
  /**
   * Runs a plan; may reject when the signal is aborted.
   *
   * @param maxEvents a run that has so many has gone astray, and ends; as the budget says by default
   */
  run(plan: Plan, watch?: RunWatch, maxEvents?: number): Promise<RunResult>;
  /** How many runs may be under way at once; one by default. It changes no result. */
  atOnce?(): number;
  /** Whether a plan is worth running: see `Scenario.canEnd`. */
  canEnd(plan: Plan): boolean;
  /** The draws of its code; without it they stay unchanged. */
  readonly draws?: DrawnValues;
  /** It ends after this many runs. */
  readonly maxRuns: number;
  /** It ends when all runs together had this many events; by default there is no limit. */
  readonly maxEvents?: number | undefined;
  /** Called after every run. */
  progress?(progress: ShrinkProgress): void;
  readonly signal: AbortSignal;
}

export interface ShrinkProgress {
  readonly runs: number;
  /** The smallest plan that failed so far. */
  readonly plan: Plan;
}

export interface ShrinkResult {
  readonly signature: Signature;
  /** The run of the smallest plan found. */
  readonly smallest: RunResult;
  readonly runs: number;
  /** False if it ran out of runs or was interrupted, so that more might be removable. */
  readonly complete: boolean;
}

/** A smaller plan whose run has so many times the events of the failing one, and some, has gone astray. */
const EVENTS_FACTOR = 2;
const EVENTS_MORE = 2000;

/** A fault or an operation alone gets more tries: its moment moves with everything that is gone. */
const RUNTIME_SEEDS_ALONE = 6;

/** A removal changes later draws, so the failure may need another draw to appear again. */
const RUNTIME_SEEDS = 3;
/** Everything is easier without a strategy, so its removal gets more tries. */
const RUNTIME_SEEDS_WITHOUT_STRATEGY = 12;

/** With more faults than these, a failure may have needed them only to meet. */
const FEW_FAULTS = 2;
/** How many draws without a fault are tried then; such runs are short. */
const ROUNDS_AFRESH = 32;

export async function shrink(request: ShrinkRequest): Promise<ShrinkResult> {
  const [signature] = signaturesOf(request.failure);
  if (signature === undefined) throw new Error('expected a run that failed');
  const search = new Search(request, signature);
  await search.learnCause();
  let before: Plan | undefined;
  while (before !== search.best.plan && !search.over) {
    before = search.best.plan;
    await search.removeParts();
    await search.weaken();
    await search.removeChoices();
    await search.simplifyDrawn();
    await search.simplify();
  }
  return { signature, smallest: search.best, runs: search.runs, complete: !search.over };
}

class Search {
  best: RunResult;
  runs = 0;
  #events = 0;
  readonly #request: ShrinkRequest;
  readonly #signature: Signature;
  readonly #kind: string | undefined;
  readonly #hasCause: boolean;
  /** Plans that were run and did not fail as required. */
  readonly #rejected = new Set<string>();
  #hang: HangKeeper | undefined;
  /** Runs that were begun before their turn, by their plans. */
  readonly #ahead = new Map<string, Promise<RunResult>>();

  constructor(request: ShrinkRequest, signature: Signature) {
    this.#request = request;
    this.#signature = signature;
    this.best = request.failure;
    this.#kind = kindOfFailure(request.failure, signature);
    this.#hasCause = hasCause(request.failure, signature);
  }

  /** Whether it has to stop now. */
  get over(): boolean {
    const { maxRuns, maxEvents = Infinity, signal } = this.#request;
    return this.runs >= maxRuns || this.#events >= maxEvents || signal.aborted;
  }

  /** Why nodes wait, if that is how the run failed. */
  async learnCause(): Promise<void> {
    this.#hang = await HangKeeper.of(this.best, (plan, watch) => this.#run(plan, watch));
  }

  async removeParts(): Promise<void> {
    const begun = begunInTime(this.best);
    if (begun !== undefined) await this.#try(withOperations(this.best.plan, begun), 1);
    await this.#removeIdleFaults();
    if (this.best.plan.strategy !== undefined) {
      await this.#try(withoutStrategy(this.best.plan), RUNTIME_SEEDS_WITHOUT_STRATEGY);
    }
    await this.#minimize(
      () => this.best.plan.rerolls ?? [],
      (rerolls) => withRerolls(this.best.plan, rerolls),
    );
    const { plan } = this.best;
    if (plan.members.length > 1) await this.#try(withMembers(plan, plan.members.slice(0, 1)));
    await this.#removeFaults();
    await this.#startAfresh();
    await this.#tryNamedOperations();
    await this.#minimize(
      () => this.best.plan.nodes,
      (nodes) => withNodes(this.best.plan, nodes),
    );
    await this.#minimize(
      () => this.best.plan.nodes.flatMap((node) => node.operations.map((operation) => operation.id)),
      (ids) => withOperations(this.best.plan, new Set(ids)),
    );
    await this.#ofDraws(removeDrawn, RUNTIME_SEEDS);
  }

  /** Without faults that touched nothing. */
  async #removeIdleFaults(): Promise<void> {
    const { plan, faults } = this.best;
    const hit = new Set(faults.flatMap(({ index, hits }) => (hits > 0 ? [index] : [])));
    const kept = plan.faults.filter((_, index) => hit.has(index));
    if (kept.length < plan.faults.length) await this.#try(withFaults(plan, kept), 1);
  }

  /** With the operations that the violation names alone. */
  async #tryNamedOperations(): Promise<void> {
    const { plan } = this.best;
    const planned = plannedIdsOf(plan);
    const named = new Set(witnessOf(this.best).flatMap((id) => plannedIdOf(id, planned) ?? []));
    if (named.size > 0 && named.size < planned.size)
      await this.#try(withOperations(plan, named), RUNTIME_SEEDS_ALONE);
  }

  /** Then each that is left alone, if they are several: two may stand in for one another. */
  async #removeFaults(): Promise<void> {
    await this.#minimize(
      () => this.best.plan.faults,
      (faults) => withFaults(this.best.plan, faults),
    );
    const { plan } = this.best;
    if (plan.faults.length < 2) return;
    for (const fault of [undefined, ...plan.faults]) {
      if (await this.#try(withFaults(plan, fault === undefined ? [] : [fault]), RUNTIME_SEEDS_ALONE)) return;
    }
  }

  /** If many faults only set the moment right: without any, with other draws until the moment is right by itself. */
  async #startAfresh(): Promise<void> {
    const { draws } = this.#request;
    for (let round = 1; round <= ROUNDS_AFRESH && this.best.plan.faults.length > FEW_FAULTS; round++) {
      if (this.over) return;
      const { plan } = this.best;
      const calm = withoutStrategy(withFaults(plan, []));
      const others = draws?.others(plan, round) ?? {};
      const runtimeSeed = ((plan.runtimeSeed ?? plan.seed) + round) % 2 ** 32;
      const { rerolls: _, ...afresh } = { ...calm, runtimeSeed };
      const isDrawn = Object.keys(others).length > 0;
      if (await this.#try(isDrawn ? { ...afresh, draws: others } : afresh, 1)) return;
    }
  }

  /** Puts weaker faults in the place of stronger ones, once each. */
  async weaken(): Promise<void> {
    for (const weaker of withWeaker(this.best.plan)) {
      if (this.over || (await this.#try(weaker, 1))) return;
    }
  }

  /** Takes simpler values for the draws of its code. */
  simplifyDrawn(): Promise<void> {
    return this.#ofDraws(simplifyDrawn, 1);
  }

  /** Turns a strategy's choices into a script, and removes the choices that do not matter. */
  async removeChoices(): Promise<void> {
    const { plan } = this.best;
    if (plan.strategy === undefined) return;
    const { windowUs } = plan.strategy;
    const picks: Pick[] = [];
    let made = 0;
    const onChoice: ChoiceObserver = ({ place }) => {
      made += 1;
      if (place > 0) picks.push({ choice: made, place });
    };
    const result = await this.#run(plan, { onChoice });
    if (result === undefined) return;
    const isEnough = async (kept: readonly Pick[]): Promise<boolean> => {
      const shorter = await this.#runWatched(withPicks(plan, windowUs, kept));
      return shorter !== undefined && (await this.#accept(shorter));
    };
    // A script draws nothing, and all other draws come from other streams, so it gives the same run.
    if (plan.strategy.kind === 'scripted' || (await isEnough(picks))) await minimize(picks, isEnough);
  }

  /** Takes every simplification that still fails, until none does. */
  async simplify(): Promise<void> {
    const plain = settled(this.best);
    if (plain !== undefined) await this.#try(plain);
    let found = true;
    while (found && !this.over) {
      found = false;
      for (let part = 0, isPart = true; isPart; part++) {
        isPart = false;
        for (const smaller of simpler(this.best.plan, this.#request.options)) {
          if (smaller.part !== part) continue;
          isPart = true;
          if (this.over) return;
          if (!(await this.#try(smaller.plan, 1))) continue;
          found = true;
          break;
        }
      }
    }
  }

  async #ofDraws(step: (search: DrawSearch) => Promise<void>, runtimeSeeds: number): Promise<void> {
    const { draws } = this.#request;
    if (draws === undefined) return;
    await step({
      drawn: draws,
      best: () => this.best.plan,
      isEnough: (plan) => this.#try(plan, runtimeSeeds),
      over: () => this.over,
    });
  }

  async #minimize<T>(list: () => readonly T[], planOf: (kept: readonly T[]) => Plan): Promise<void> {
    await minimize(list(), async (kept) => !this.over && (await this.#try(planOf(kept))));
  }

  /**
   * Whether the plan fails as required: unchanged, with its faults moved along, or with another runtime seed.
   * The best run then becomes this one.
   */
  async #try(plan: Plan, runtimeSeeds = RUNTIME_SEEDS): Promise<boolean> {
    if (plan.nodes.length === 0 || !this.#request.canEnd(plan)) return false;
    const first = plan.runtimeSeed ?? plan.seed;
    const candidates = Array.from({ length: runtimeSeeds }, (_, index) =>
      index === 0 ? plan : { ...plan, runtimeSeed: (first + index) % 2 ** 32 },
    );
    for (const [index, candidate] of candidates.entries()) {
      this.#begin(candidates.slice(index));
      const name = JSON.stringify(candidate);
      if (this.#rejected.has(name)) continue;
      this.#rejected.add(name);
      const result = await this.#runWatched(candidate);
      if (result === undefined) return false;
      if (await this.#accept(result)) return true;
      for (const moved of anchored(candidate, this.best, result)) {
        const movedName = JSON.stringify(moved);
        if (this.#rejected.has(movedName)) continue;
        this.#rejected.add(movedName);
        const again = await this.#runWatched(moved);
        if (again === undefined) return false;
        if (await this.#accept(again)) return true;
      }
    }
    return false;
  }

  async #accept(result: RunResult): Promise<boolean> {
    const isSame = kindOfFailure(result, this.#signature) === this.#kind;
    const fails = isSame && ((await this.#hang?.keeps(result)) ?? true);
    const whole = fails ? await this.#wholeOf(result) : undefined;
    if (whole !== undefined) {
      this.best = whole;
      this.#ahead.clear();
    }
    this.#request.progress?.({ runs: this.runs, plan: this.best.plan });
    return whole !== undefined;
  }

  /** The run to its end, if it was cut short. */
  async #wholeOf(result: RunResult): Promise<RunResult | undefined> {
    if (!result.problems.some(({ kind }) => kind === 'budget')) return result;
    const whole = await this.#run(result.plan, this.#watch, Infinity);
    return whole !== undefined && kindOfFailure(whole, this.#signature) === this.#kind ? whole : undefined;
  }

  /** Begins the first of these plans that have not run, where others may be under way at the same time. */
  #begin(plans: readonly Plan[]): void {
    const count = this.#request.atOnce?.() ?? 1;
    if (count < 2 || this.over) return;
    const open = plans.filter((plan) => !this.#rejected.has(JSON.stringify(plan)));
    for (const plan of open.slice(0, count)) {
      const name = JSON.stringify(plan);
      if (this.#ahead.has(name)) continue;
      const run = this.#request.run(plan, this.#watch, this.#eventsMax);
      // One whose turn does not come must not raise an unhandled rejection.
      run.catch(() => undefined);
      this.#ahead.set(name, run);
    }
  }

  /** Runs it and collects the facts needed to judge it. */
  #runWatched(plan: Plan): Promise<RunResult | undefined> {
    const begun = this.#ahead.get(JSON.stringify(plan));
    return this.#counted(() => begun ?? this.#request.run(plan, this.#watch, this.#eventsMax));
  }

  /** The facts needed about each run. */
  get #watch(): RunWatch | undefined {
    return this.#hang?.watch ?? (this.#hasCause ? { recordCalls: true } : undefined);
  }

  get #eventsMax(): number {
    return (this.best.trace?.events ?? Infinity) * EVENTS_FACTOR + EVENTS_MORE;
  }

  #run(plan: Plan, watch?: RunWatch, maxEvents = this.#eventsMax): Promise<RunResult | undefined> {
    return this.#counted(() => this.#request.run(plan, watch, maxEvents));
  }

  /** Undefined if no more runs are available, or the plan cannot be run. */
  async #counted(run: () => Promise<RunResult>): Promise<RunResult | undefined> {
    if (this.over) return undefined;
    try {
      const result = await run();
      this.#events += result.trace?.events ?? 0;
      return result;
    } catch (error) {
      // A smaller plan in which a node leaves the simulation, or its process ends, fails in another way.
      if (this.#request.signal.aborted || error instanceof EscapeError || error instanceof LostRunError)
        return undefined;
      throw error;
    } finally {
      this.runs += 1;
    }
  }
}
