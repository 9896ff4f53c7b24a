/**
 * Validates the arguments of `perform` and the results of operations. Invariant: a history holds only JSON,
 * so that a report, a repro and a checker can take it. Anything else is an error of the node that names the
 * operation.
 */
import type { PlannedOperation } from '../plan/plan.js';
import { describeValue } from '../input/describe-value.js';
import { whereNotJson } from '../input/json.js';
import type { OperationResult } from '../scenario/scenario.js';

/** An operation returned a value that no history can hold: a mistake in the scenario, not an outcome. */
export class ResultError extends TypeError {
  override readonly name = 'ResultError';
}

/** @throws TypeError if `perform` did not get an operation and a body */
export function expectOperation(operation: unknown, body: unknown): void {
  const { id, name, input } = (
    typeof operation === 'object' && operation !== null ? operation : {}
  ) as Partial<Record<keyof PlannedOperation, unknown>>;
  if (typeof id !== 'string' || id === '' || typeof name !== 'string') {
    throw new TypeError(
      `perform: expected an operation with an id and a name, got ${describeValue(operation)}`,
    );
  }
  const wrong = whereNotJson(input ?? null, 'input');
  if (wrong !== undefined) {
    throw new TypeError(
      `perform: expected JSON for operation ${id} (${name}), got ${describeValue(wrong.value)} as ${wrong.place}`,
    );
  }
  if (typeof body !== 'function') {
    throw new TypeError(
      `perform: expected the body of operation ${id} (${name}) to be a function, got ${describeValue(body)}`,
    );
  }
}

/** The result for the history; without any, the output is null. @throws ResultError */
export function expectResult({ id, name }: PlannedOperation, result: unknown): OperationResult {
  if (result === undefined) return { output: null };
  const fail = (what: string, got: string): never => {
    throw new ResultError(`operation ${id} (${name}): expected ${what}, got ${got}`);
  };
  if (typeof result !== 'object' || result === null)
    return fail('{ output, revision? }', describeValue(result));
  const { output = null, revision } = result as Partial<OperationResult>;
  const wrong = whereNotJson(output, 'output');
  if (wrong !== undefined) {
    const what = wrong.isCycle ? 'a value that contains itself' : describeValue(wrong.value);
    return fail('JSON as its output', `${what} as ${wrong.place}`);
  }
  if (revision === undefined) return { output };
  if (!Number.isSafeInteger(revision)) {
    // etcd3 gives it as text.
    const hint = typeof revision === 'string' ? ': convert it with Number()' : '';
    return fail('its revision to be a whole number', `${describeValue(revision)}${hint}`);
  }
  return { output, revision };
}
