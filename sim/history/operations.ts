/** Finds operations in a history, and the calls in their bodies, for your own checks. */
import type { Call } from './calls.js';
import type { History, Operation, Outcome } from './history.js';

/** Operations of these names, in order of invocation; typed if those of the history are. */
export function operationsNamed<One extends Pick<Operation, 'name'>, Name extends One['name']>(
  { operations }: { readonly operations: readonly One[] },
  ...names: readonly Name[]
): Named<One, Name>[] {
  const asked: readonly string[] = names;
  return operations.filter((one): one is Named<One, Name> => asked.includes(one.name));
}

type Named<One extends Pick<Operation, 'name'>, Name> = string extends One['name']
  ? One
  : Extract<One, { readonly name: Name }>;

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
