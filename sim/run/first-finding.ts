/** A run's first finding: the headline of a failure, and the operations that it concerns. */
import type { Problem, RunResult } from './run-result.js';

/** The first thing that went wrong, worst first. */
export function firstMessage(result: RunResult): string {
  const violated = result.checks.find((check) => check.verdict === 'violated');
  if (violated?.verdict === 'violated') return `${violated.check}: ${violated.message}`;
  const problem = result.problems[0];
  if (problem !== undefined) {
    return problem.kind === 'node-error'
      ? `${problem.node} threw ${problem.error.name}: ${withReasonsOf(problem)}`
      : problem.message;
  }
  const open = result.checks.find((check) => check.verdict === 'inconclusive');
  return open?.verdict === 'inconclusive' ? `${open.check}: ${open.reason}` : result.verdict;
}

/** The message of the error, and why the test that threw it had waited in vain. */
export function withReasonsOf({
  error,
  reasons = [],
}: Pick<Extract<Problem, { kind: 'node-error' }>, 'error' | 'reasons'>): string {
  return [error.message, ...reasons].join('; ');
}

/** The operations that the first violated check names, or those that never returned. */
export function witnessOf({ checks, operations }: RunResult): readonly string[] {
  for (const check of checks) {
    if (check.verdict === 'violated' && check.operations.length > 0) return check.operations;
  }
  return operations.filter((operation) => operation.return === undefined).map((operation) => operation.id);
}
