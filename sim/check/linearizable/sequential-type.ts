/** What a sequential type is, and a call of it in time. */

/** A type, as the effect of one call after the other on its state. */
export interface SequentialType<State, Call> {
  readonly initial: State;
  /** The state after the call, or undefined if its result is impossible in this state. */
  apply(state: State, call: Call): State | undefined;
  /** States with the same text are the same. */
  textOf(state: State): string;
  /**
   * Calls with the same text are the same: of several unanswered ones, the one that began first stands for
   * all. Without it each is separate, and many of them cost more.
   */
  textOfCall?(call: Call): string;
}

/** A call with its result. */
export interface TimedCall<Call> {
  readonly id: string;
  readonly call: Call;
  readonly invoke: number;
  /** Without it: it may have happened at any later time, or never. */
  readonly return?: number | undefined;
}
