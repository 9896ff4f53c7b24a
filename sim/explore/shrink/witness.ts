/** The operations that a failing run is about. */
import type { RunResult } from '../../run/run-result.js';

/** The operations that the first violated check names, or those that never returned. */
export function witnessOf({ checks, operations }: RunResult): readonly string[] {
  for (const check of checks) {
    if (check.verdict === 'violated' && check.operations.length > 0) return check.operations;
  }
  return operations.filter((operation) => operation.return === undefined).map((operation) => operation.id);
}
