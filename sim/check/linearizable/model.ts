/**
 * Types by the effect and result of an operation, for people: `[next state, output]`. Invariant: an unknown
 * output fits everything, and a model never changes the state that it receives.
 */
import type { SequentialType } from './sequential-type.js';

/**
 * A type, as the effect of one operation after the other on its state. It must not change the state that it
 * receives.
 */
export interface SequentialModel<State, One extends Asked = Asked> {
  readonly initial: State;
  /** The state after the operation, and its output. */
  next(state: State, operation: One): readonly [state: State, output: unknown];
  /** States with the same text are the same; as JSON by default. */
  textOf?(state: State): string;
}

/** An operation with its output; undefined if no client heard it. */
export interface Asked {
  readonly output: unknown;
}

/** @param sameText texts of values; equal values have equal ones */
export function typeOfModel<State, One extends Asked>(
  model: SequentialModel<State, One>,
  sameText: (value: unknown) => string,
): SequentialType<State, One> {
  return {
    initial: frozen(model.initial),
    apply(state, call) {
      const [next, output] = model.next(state, call);
      const isTold = call.output !== undefined;
      if (isTold && sameText(output ?? null) !== sameText(call.output)) return undefined;
      return frozen(next);
    },
    textOf: (state) => model.textOf?.(state) ?? sameText(state),
  };
}

/** A model that changed its state in place would spoil every other order that contains the state. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
