/**
 * Every step of a run, in order: each event and each draw. Two runs of one plan must make the same steps.
 * Comparing the steps shows where the runs part, which the final hashes do not. Invariant: observing changes
 * nothing in a run.
 */

/** Hears each step when it is made, in one line of text. */
export type StepObserver = (step: string) => void;

/** One event that happened. */
export interface HappenedEvent {
  /** Counted from 1. */
  readonly number: number;
  readonly timeUs: number;
  readonly label: string;
  /** The node, or the direction of a link, that it belongs to. */
  readonly chain: string;
  /** The node whose code ran; undefined for events in the network or in etcd. */
  readonly node: string | undefined;
}

/** Hears every event as it happens; it must not change the run. */
export type EventObserver = (event: HappenedEvent) => void;

/** One step and the code that made it. */
export interface Step {
  readonly text: string;
  /** The place in the code; formatted only when it is read. */
  readonly stack: Error;
}

/** The first step at which a second run differed. */
export interface StepDifference {
  /** Position among all steps, from 0. */
  readonly index: number;
  /** Undefined if the first run had ended. */
  readonly first: Step | undefined;
  /** Undefined if the second run had ended. */
  readonly second: Step | undefined;
}

/** Keeps the steps of a first run. */
export class StepRecorder {
  readonly steps: Step[] = [];

  readonly observe: StepObserver = (text) => {
    this.steps.push({ text, stack: new Error(text) });
  };
}

/** Compares the steps of a second run with those of the first. */
export class StepComparer {
  readonly #steps: readonly Step[];
  #index = 0;
  #difference: StepDifference | undefined;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  readonly observe: StepObserver = (text) => {
    if (this.#difference !== undefined) return;
    const index = this.#index++;
    const first = this.#steps[index];
    if (first?.text === text) return;
    this.#difference = { index, first, second: { text, stack: new Error(text) } };
  };

  /** The first difference, once the second run has ended; undefined if there is none. */
  get difference(): StepDifference | undefined {
    if (this.#difference !== undefined || this.#index === this.#steps.length) return this.#difference;
    return { index: this.#index, first: this.#steps[this.#index], second: undefined };
  }
}
