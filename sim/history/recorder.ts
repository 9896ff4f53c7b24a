/**
 * Records operations as they are invoked and return. Invariant: every invocation and every return takes its own
 * place in the run's total order, so that "happened before" never depends on a clock.
 */
import type { PlannedOperation } from '../plan/plan.js';
import type { Crash, Operation, Outcome } from './history.js';
import type { Moment } from './moment.js';

/** The source of moments: the engine in simulation, the wall clock on the real backend. */
export interface RecorderClock {
  nowUs(): number;
  nextSequence(): number;
}

interface OpenOperation {
  readonly id: string;
  readonly node: string;
  readonly name: string;
  readonly input: Operation['input'];
  readonly invoke: Moment;
  return?: Moment;
  outcome?: Outcome;
}

export class Recorder {
  readonly #clock: RecorderClock;
  readonly #operations: OpenOperation[] = [];
  readonly #counters = new Map<string, number>();
  readonly #marks = new Set<string>();
  readonly #crashes: Crash[] = [];
  readonly #begunBy = new Map<string, Operation[]>();
  readonly #pending = new Set<Operation>();
  #lastSuccessUs = 0;

  constructor(clock: RecorderClock) {
    this.#clock = clock;
  }

  /** Records an invocation. The returned function records how it ended; a second call corrects that. */
  invoke(node: string, planned: PlannedOperation): (outcome: Outcome) => void {
    const { id, name, input } = planned;
    const operation: OpenOperation = { id, node, name, input, invoke: this.#moment() };
    this.#operations.push(operation);
    this.#pending.add(operation);
    const begun = this.#begunBy.get(node);
    if (begun === undefined) this.#begunBy.set(node, [operation]);
    else begun.push(operation);
    return (outcome) => {
      this.#pending.delete(operation);
      operation.return ??= this.#moment();
      operation.outcome = outcome;
      if (outcome.kind === 'ok') this.#lastSuccessUs = operation.return.timeUs;
    };
  }

  /** The node's process has died: its pending operations will never return. */
  crash(node: string): void {
    for (const operation of this.#pending) if (operation.node === node) this.#pending.delete(operation);
    this.#crashes.push({ node, at: this.#moment() });
  }

  get crashes(): readonly Crash[] {
    return this.#crashes;
  }

  /** The operations that the node has begun so far, in order. */
  begunBy(node: string): readonly Operation[] {
    return [...(this.#begunBy.get(node) ?? [])];
  }

  count(counter: string, by: number): void {
    this.#counters.set(counter, (this.#counters.get(counter) ?? 0) + by);
  }

  mark(name: string): void {
    this.#marks.add(name);
  }

  /** In the order in which they were first reached. */
  get marks(): readonly string[] {
    return [...this.#marks];
  }

  /** All operations so far, in order of invocation. */
  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** When an operation last returned ok; 0 before the first. */
  get lastSuccessUs(): number {
    return this.#lastSuccessUs;
  }

  /** Operations that have not returned and may. */
  get pending(): readonly Operation[] {
    return [...this.#pending];
  }

  get counters(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counters);
  }

  #moment(): Moment {
    return { sequence: this.#clock.nextSequence(), timeUs: this.#clock.nowUs() };
  }
}
