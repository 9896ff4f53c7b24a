/**
 * What kind of failure a run shows, beyond the name of its check: the words of its message without everything that
 * belongs to this run alone. One check may find several defects. Invariant: ids, keys, values, times and revisions make
 * no difference.
 */
import type { Problem, RunResult } from '../../run/run-result.js';
import { namesOf, wordsOf } from '../../run/message-kind.js';
import { isOfError, signaturesOf, type Signature } from '../../run/signature.js';

/** Undefined if the run does not fail with the signature. The cause of a wait is known only if the run has recorded its calls. */
export function kindOfFailure(result: RunResult, signature: Signature): string | undefined {
  const thrown = thrownBy(result, signature);
  // The headline of its message is in the signature; in a smaller run the same words may be in the singular.
  if (thrown !== undefined) {
    const { cause, error } = thrown;
    const why = cause === undefined ? '' : ` (${cause})`;
    return `node-error ${error.name}: ${wordsOf(error.message, namesOf(result))}${why}`;
  }
  if (!signaturesOf(result).includes(signature)) return undefined;
  const violated = result.checks.find(
    (check) => check.verdict === 'violated' && `check ${check.check}` === signature,
  );
  if (violated?.verdict !== 'violated') return signature;
  return `${signature}: ${wordsOf(violated.message, namesOf(result))}`;
}

/** Whether the code that threw had waited in vain, and it is known for what. */
export function hasCause(result: RunResult, signature: Signature): boolean {
  return thrownBy(result, signature)?.cause !== undefined;
}

function thrownBy({ problems }: RunResult, signature: Signature) {
  return problems.find(
    (problem): problem is Extract<Problem, { kind: 'node-error' }> =>
      problem.kind === 'node-error' && isOfError(signature, problem.error.name),
  );
}
