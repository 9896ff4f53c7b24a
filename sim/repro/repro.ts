/**
 * A repro: one failure as data, to keep, send and replay. Invariant: it holds everything that a run depends
 * on, so the same version gives the same trace anywhere.
 */
import type { Budget } from '../engine/engine.js';
import type { TraceCheckpoint } from '../engine/trace.js';
import type { Plan } from '../plan/plan.js';
import { firstMessage } from '../run/first-finding.js';
import { signaturesOf, type Signature } from '../run/signature.js';
import type { RunResult, TestSource, Verdict } from '../run/run-result.js';

/** The format's number; `docs/repro.schema.json` describes it. */
export const REPRO_FORMAT = 1;

export interface Repro {
  readonly format: typeof REPRO_FORMAT;
  /** The version of etcd-sim that made it. */
  readonly version: string;
  readonly verdict: Verdict;
  /** The kind of failure; absent if the run did not fail. */
  readonly signature?: Signature;
  /** The message of the failure. */
  readonly message: string;
  /** The test that made it; absent if it is of a scenario. */
  readonly test?: TestSource;
  readonly plan: Plan;
  readonly budget: Budget;
  readonly trace: {
    readonly hash: string;
    readonly events: number;
    /** The hash on the way, to show where another run diverges. */
    readonly checkpoints: readonly TraceCheckpoint[];
  };
}

/** The repro of a simulated run; undefined for a real one, which a plan constrains but does not replay. */
export function reproOf(result: RunResult, budget: Budget): Repro | undefined {
  if (result.trace === undefined) return undefined;
  const [signature] = signaturesOf(result);
  return {
    format: REPRO_FORMAT,
    version: result.version,
    verdict: result.verdict,
    ...(signature === undefined ? {} : { signature }),
    message: firstMessage(result),
    ...(result.test === undefined ? {} : { test: result.test }),
    plan: result.plan,
    budget,
    trace: { ...result.trace, checkpoints: result.checkpoints ?? [] },
  };
}

/** The repro as readable text; ends with a line break. */
export function formatRepro(repro: Repro): string {
  return `${JSON.stringify(repro, null, 2)}\n`;
}
