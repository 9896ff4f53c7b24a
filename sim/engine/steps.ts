/**
 * Every step of a run, as it is made: each event and each draw. Two runs of one plan must make the same steps; held
 * against each other they say where they part, which two hashes at the end do not. Invariant: observing changes
 * nothing in a run.
 */

/** Told each step as it is made, in one line of text. */
export type StepObserver = (step: string) => void;

/** One event as it happened. */
export interface HappenedEvent {
  /** From 1. */
  readonly number: number;
  readonly timeUs: number;
  readonly label: string;
  /** What it belongs to: a node, or one direction of a link. */
  readonly chain: string;
  /** Whose code ran; undefined for what happened in the network or in etcd. */
  readonly node: string | undefined;
}

/** Told every event as it happens; what it does changes nothing in the run. */
export type EventObserver = (event: HappenedEvent) => void;

/** One step and the code that made it. */
export interface Step {
  readonly text: string;
  /** Where in the code; formatted only when it is read. */
  readonly stack: Error;
}

/** The first step at which a second run did something else. */
export interface StepDifference {
  /** Position among all steps, from 0. */
  readonly index: number;
  /** Undefined where the first run had ended. */
  readonly first: Step | undefined;
  /** Undefined where the second run ended. */
  readonly second: Step | undefined;
}

/** Keeps the steps of a first run. */
export class StepRecorder {
  readonly steps: Step[] = [];

  readonly observe: StepObserver = (text) => {
    this.steps.push({ text, stack: new Error(text) });
  };
}

/** Holds the steps of a second run against those of the first. */
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

  /** The first difference, once the second run has ended; undefined where there is none. */
  get difference(): StepDifference | undefined {
    if (this.#difference !== undefined || this.#index === this.#steps.length) return this.#difference;
    return { index: this.#index, first: this.#steps[this.#index], second: undefined };
  }
}
