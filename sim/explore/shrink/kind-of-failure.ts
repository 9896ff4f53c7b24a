/**
 * What kind of failure a run shows, beyond the name of its check: the words of its message without everything that
 * belongs to this run alone. One check may find several defects. Invariant: ids, keys, values, times and revisions make
 * no difference.
 */
import type { RunResult } from '../../run/run-result.js';
import { signaturesOf, type Signature } from '../../run/signature.js';

/** Undefined if the run does not fail with the signature. */
export function kindOfFailure(result: RunResult, signature: Signature): string | undefined {
  if (!signaturesOf(result).includes(signature)) return undefined;
  const violated = result.checks.find(
    (check) => check.verdict === 'violated' && `check ${check.check}` === signature,
  );
  if (violated?.verdict !== 'violated') return signature;
  return `${signature}: ${wordsOf(violated.message, namesOf(result))}`;
}

/** Words that are names in this run: of nodes, operations, members and keys. */
function namesOf({ plan, operations, log }: RunResult): ReadonlySet<string> {
  return new Set([
    ...plan.members,
    ...plan.nodes.map(({ name }) => name),
    ...operations.flatMap(({ id, name }) => [id, name]),
    ...log.flatMap(({ events }) => events.flatMap(({ key, value }) => [key, value, ...key.split('/')])),
  ]);
}

/**
 * Each word once, in the singular, in the order of the alphabet: a message that lists more of the same is of one kind.
 * Without quoted text, and without anything that is no plain word.
 */
function wordsOf(message: string, names: ReadonlySet<string>): string {
  return message
    .replaceAll(/"[^"]*"|'[^']*'|\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .split(/[\s,;:.()]+/)
    .filter((word) => /^[A-Za-z]+$/.test(word) && !names.has(word))
    .map((word) => word.replace(/s$/, ''))
    .filter((word, index, words) => words.indexOf(word) === index)
    .sort()
    .join(' ');
}
