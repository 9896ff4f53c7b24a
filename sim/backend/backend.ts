/**
 * A backend executes a plan and reports the execution. The simulated and the real one differ in how they create
 * clients and apply faults; everything else is the same code.
 */
import type { Plan } from '../plan/plan.js';
import type { Budget } from '../engine/engine.js';
import type { Heartbeat } from '../engine/heartbeat.js';
import type { TraceCheckpoint } from '../engine/trace.js';
import type { History } from '../history/history.js';
import type { Recording } from '../history/recording.js';
import type { FaultRecord, Problem } from '../run/run-result.js';
import type { RunWatch } from '../run/run-watch.js';
import type { Scenario } from '../scenario/scenario.js';

/** A request for one execution. */
export interface ExecutionRequest extends RunWatch {
  readonly scenario: Scenario;
  readonly plan: Plan;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  /** Where given, what nodes print in a simulated run is not shown; called instead, each time. */
  readonly onMuted?: (() => void) | undefined;
  /** Receives signs of life from a simulated run. */
  readonly heartbeat?: Heartbeat | undefined;
  /**
   * Faults by hand to leave out, by their indices among the run's faults; shows what happens without them.
   */
  readonly withoutByHand?: readonly number[] | undefined;
}

/** The result of an execution. */
export interface Execution {
  readonly history: History;
  readonly problems: readonly Problem[];
  readonly faults: readonly FaultRecord[];
  /** The scenario's own counters, then the backend's. */
  readonly counters: Readonly<Record<string, number>>;
  /** From the first call to etcd to the last; starting real parts is not counted. */
  readonly wallTimeMs: number;
  /** Undefined on the real backend. */
  readonly virtualTimeMs?: number;
  readonly trace?: { readonly hash: string; readonly events: number };
  /** Undefined on the real backend. */
  readonly checkpoints?: readonly TraceCheckpoint[];
  /** Only if a simulated run was asked for it. */
  readonly recording?: Recording;
}

export interface Backend {
  readonly name: 'simulated' | 'real';
  /**
   * Executes the plan. Rejects with the signal's reason when aborted, and with an EnvironmentError if the
   * backend is unavailable. Everything that goes wrong inside the run is part of the execution.
   */
  execute(request: ExecutionRequest): Promise<Execution>;
}
