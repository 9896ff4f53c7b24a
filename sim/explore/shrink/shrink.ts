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
import { settled } from './settle.js';
import { removeDrawn, simplifyDrawn, type DrawnValues, type DrawSearch } from './draws.js';
import { HangKeeper } from './hang.js';
import { minimize } from './minimize.js';
import type { Pick } from '../../plan/strategy-spec.js';
import { signaturesOf, type Signature } from '../../run/signature.js';

export interface ShrinkRequest {
  /** A run that failed. */
  readonly failure: RunResult;
  /** The scenario's. */
  readonly options: OptionSpecs;
  /** Runs a plan; may reject when the signal is aborted. */
  run(plan: Plan, watch?: RunWatch): Promise<RunResult>;
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

/** A removal changes later draws, so the failure may need another draw to appear again. */
const RUNTIME_SEEDS = 3;
/** Everything is easier without a strategy, so its removal gets more tries. */
const RUNTIME_SEEDS_WITHOUT_STRATEGY = 12;

export async function shrink(request: ShrinkRequest): Promise<ShrinkResult> {
  const [signature] = signaturesOf(request.failure);
  if (signature === undefined) throw new Error('expected a run that failed');
  const search = new Search(request, signature);
  await search.learnCause();
  let before: Plan | undefined;
  while (before !== search.best.plan && !search.over) {
    before = search.best.plan;
    await search.removeParts();
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
  #hang: HangKeeper | undefined;

  constructor(request: ShrinkRequest, signature: Signature) {
    this.#request = request;
    this.#signature = signature;
    this.best = request.failure;
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
    if (this.best.plan.strategy !== undefined) {
      await this.#try(withoutStrategy(this.best.plan), RUNTIME_SEEDS_WITHOUT_STRATEGY);
    }
    await this.#minimize(
      () => this.best.plan.rerolls ?? [],
      (rerolls) => withRerolls(this.best.plan, rerolls),
    );
    const { plan } = this.best;
    if (plan.members.length > 1) await this.#try(withMembers(plan, plan.members.slice(0, 1)));
    await this.#minimize(
      () => this.best.plan.faults,
      (faults) => withFaults(this.best.plan, faults),
    );
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
      for (const plan of simpler(this.best.plan, this.#request.options)) {
        if (this.over) return;
        found = await this.#try(plan);
        if (found) break;
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
    for (let index = 0; index < runtimeSeeds; index++) {
      const candidate = index === 0 ? plan : { ...plan, runtimeSeed: (first + index) % 2 ** 32 };
      const result = await this.#runWatched(candidate);
      if (result === undefined) return false;
      if (await this.#accept(result)) return true;
      for (const moved of anchored(candidate, this.best, result)) {
        const again = await this.#runWatched(moved);
        if (again === undefined) return false;
        if (await this.#accept(again)) return true;
      }
    }
    return false;
  }

  async #accept(result: RunResult): Promise<boolean> {
    const fails =
      signaturesOf(result).includes(this.#signature) && ((await this.#hang?.keeps(result)) ?? true);
    if (fails) this.best = result;
    this.#request.progress?.({ runs: this.runs, plan: this.best.plan });
    return fails;
  }

  /** Runs it and collects the facts needed to judge it. */
  #runWatched(plan: Plan): Promise<RunResult | undefined> {
    return this.#run(plan, this.#hang?.watch);
  }

  /** Undefined if no more runs are available, or the plan cannot be run. */
  async #run(plan: Plan, watch?: RunWatch): Promise<RunResult | undefined> {
    if (this.over) return undefined;
    try {
      const result = await this.#request.run(plan, watch);
      this.#events += result.trace?.events ?? 0;
      return result;
    } catch (error) {
      // A smaller plan in which a node leaves the simulation fails in another way.
      if (this.#request.signal.aborted || error instanceof EscapeError) return undefined;
      throw error;
    } finally {
      this.runs += 1;
    }
  }
}
