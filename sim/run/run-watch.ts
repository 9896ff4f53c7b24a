/** What looks on at a run. Invariant: it changes nothing in the run; a run on the real backend takes no notice of it. */
import type { EventObserver, StepObserver } from '../engine/steps.js';
import type { ChoiceObserver } from '../engine/strategy.js';

export interface RunWatch {
  /** Told every event and every draw. */
  readonly observe?: StepObserver | undefined;
  /** Told every event. */
  readonly onEvent?: EventObserver | undefined;
  /** Told every choice of the strategy. */
  readonly onChoice?: ChoiceObserver | undefined;
  /** Whether to record the run's calls, which takes time and memory. Default false. */
  readonly recordCalls?: boolean | undefined;
}
