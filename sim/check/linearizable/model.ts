/**
 * Types by what an operation does and gives, for people: `[next state, output]`. Invariant: an output that nobody was
 * told fits everything, and a state is never changed by the model that it is given to.
 */
import type { SequentialType } from './sequential-type.js';

/** A type, as what one operation after the other makes of its state. It must not change the state that it is given. */
export interface SequentialModel<State, One extends Asked = Asked> {
  readonly initial: State;
  /** The state after the operation, and what it gives. */
  next(state: State, operation: One): readonly [state: State, output: unknown];
  /** States with the same text are the same; as JSON by default. */
  textOf?(state: State): string;
}

/** An operation with what it gave; undefined where nobody was told. */
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

/** A model that changed its state in place would spoil every other order that goes through it. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
