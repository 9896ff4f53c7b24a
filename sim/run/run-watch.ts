/** The observers of a run. Invariant: they change nothing in the run; the real backend ignores them. */
import type { EventObserver, StepObserver } from '../engine/steps.js';
import type { ChoiceObserver } from '../engine/strategy.js';

export interface RunWatch {
  /** Hears every event and every draw. */
  readonly observe?: StepObserver | undefined;
  /** Hears every event. */
  readonly onEvent?: EventObserver | undefined;
  /** Hears every choice of the strategy. */
  readonly onChoice?: ChoiceObserver | undefined;
  /** Whether to record the run's calls, which takes time and memory. Default false. */
  readonly recordCalls?: boolean | undefined;
  /** Whether to record everything that moves, for a picture of the run. Default false. */
  readonly recordRun?: boolean | undefined;
}
