/**
 * Keeps the cause of a stuck run. Nodes wait in many plans: remove the writer, and its reader waits for good.
 * Invariant: a smaller plan is accepted only if its nodes wait for the same cause. If the cause cannot
 * distinguish a defect from a missing part, the plan must also be able to finish without faults.
 */
import type { RunResult, WaitCause } from '../../run/run-result.js';
import type { RunWatch } from '../../run/run-watch.js';
import type { Plan } from '../../plan/plan.js';
import { withFaults, withoutStrategy, withRerolls } from './candidates.js';
import { hangOf, waitCauseOf } from '../../run/signature.js';

/** How many draws of a plan without faults are tried until one finishes. */
const CALM_DRAWS = 2;

/** Runs a plan; undefined if no more runs are available. */
type Run = (plan: Plan, watch?: RunWatch) => Promise<RunResult | undefined>;

export class HangKeeper {
  readonly #run: Run;
  readonly #cause: WaitCause | undefined;
  readonly #mustEnd: boolean;
  /** Whether a plan without faults finishes, by the plan. */
  readonly #ends: Map<string, boolean>;

  private constructor(run: Run, cause: WaitCause | undefined, mustEnd: boolean, ends: Map<string, boolean>) {
    this.#run = run;
    this.#cause = cause;
    this.#mustEnd = mustEnd;
    this.#ends = ends;
  }

  /** Undefined if the run failed in another way: its signature is then enough. */
  static async of(failure: RunResult, run: Run): Promise<HangKeeper | undefined> {
    if (hangOf(failure) === undefined) return undefined;
    const known = waitCauseOf(failure);
    const shown = known === undefined ? await run(failure.plan, { recordCalls: true }) : failure;
    const cause = known ?? (shown && waitCauseOf(shown));
    const ends = new Map<string, boolean>();
    const mustEnd = !tellsDefect(cause) && (await endsCalmly(failure.plan, run, ends));
    return new HangKeeper(run, cause, mustEnd, ends);
  }

  /** The facts needed about each run. */
  get watch(): RunWatch {
    return { recordCalls: this.#cause !== undefined };
  }

  /** Whether the stuck run waits for the same cause. */
  async keeps(result: RunResult): Promise<boolean> {
    if (this.#cause !== undefined && waitCauseOf(result) !== this.#cause) return false;
    return !this.#mustEnd || endsCalmly(result.plan, this.#run, this.#ends);
  }
}

/**
 * A circle and a lost wake-up are always defects. A key that is never deleted may only lack the node that
 * would delete it.
 */
function tellsDefect(cause: WaitCause | undefined): boolean {
  return cause === 'circle' || cause?.startsWith('lost-') === true;
}

/** Whether one of a few draws of the plan, without faults and in the order of time, finishes. */
async function endsCalmly(plan: Plan, run: Run, known: Map<string, boolean>): Promise<boolean> {
  const calm = withRerolls(withoutStrategy(withFaults(plan, [])), []);
  const name = JSON.stringify([calm.nodes, calm.options, calm.members, calm.runtimeSeed]);
  const before = known.get(name);
  if (before !== undefined) return before;
  const first = calm.runtimeSeed ?? calm.seed;
  let ends = false;
  for (let draw = 0; draw < CALM_DRAWS && !ends; draw++) {
    const result = await run({ ...calm, runtimeSeed: (first + draw) % 2 ** 32 });
    if (result === undefined) return false;
    ends = hangOf(result) === undefined;
  }
  known.set(name, ends);
  return ends;
}
