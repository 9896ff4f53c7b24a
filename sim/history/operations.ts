/** Finds operations in a history, and the calls in their bodies, for your own checks. */
import type { Call } from './calls.js';
import type { History, Operation, Outcome } from './history.js';

/** Operations of these names, in order of invocation. */
export function operationsNamed({ operations }: History, ...names: readonly string[]): Operation[] {
  return operations.filter(({ name }) => names.includes(name));
}

/** How it ended; `indefinite` if it never returned. */
export function endOf({ outcome }: Pick<Operation, 'outcome'>): Outcome['kind'] {
  return outcome?.kind ?? 'indefinite';
}

/** Whether `first` had returned before `second` was invoked: the only order that a check may rely on. */
export function happenedBefore(first: Operation, second: Operation): boolean {
  return first.return !== undefined && first.return.sequence < second.invoke.sequence;
}

/** Requests that the body of the operation sent, in order; none if the run did not record calls. */
export function callsOf({ calls = [] }: History, { id }: Pick<Operation, 'id'>): Call[] {
  return calls.filter(({ operation }) => operation === id);
}
