/**
 * What kind of failure a run shows, beyond the name of its check: the words of its message without everything that
 * belongs to this run alone. One check may find several defects. Invariant: ids, keys, values, times and revisions make
 * no difference.
 */
import type { RunResult } from '../../run/run-result.js';
import { namesOf, wordsOf } from '../../run/message-kind.js';
import { isOfError, signaturesOf, type Signature } from '../../run/signature.js';

/** Undefined if the run does not fail with the signature. */
export function kindOfFailure(result: RunResult, signature: Signature): string | undefined {
  const thrown = result.problems.find(
    (problem) => problem.kind === 'node-error' && isOfError(signature, problem.error.name),
  );
  // The headline of its message is in the signature; in a smaller run the same words may be in the singular.
  if (thrown?.kind === 'node-error') {
    const { name, message } = thrown.error;
    return `node-error ${name}: ${wordsOf(message, namesOf(result))}`;
  }
  if (!signaturesOf(result).includes(signature)) return undefined;
  const violated = result.checks.find(
    (check) => check.verdict === 'violated' && `check ${check.check}` === signature,
  );
  if (violated?.verdict !== 'violated') return signature;
  return `${signature}: ${wordsOf(violated.message, namesOf(result))}`;
}
