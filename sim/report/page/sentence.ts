/** A run in one sentence: what went wrong, or what held. */
import { firstMessage } from '../../run/first-finding.js';
import type { RunResult } from '../../run/run-result.js';
import { formatNoun } from '../quantities.js';

export function sentenceOf(result: RunResult): string {
  if (result.verdict !== 'satisfied') return result.explanation?.sentence ?? firstMessage(result);
  const { checks, operations, faults } = result;
  const hits = faults.reduce((sum, fault) => sum + fault.hits, 0);
  const held = checks.length === 1 ? 'The check holds' : `All ${formatNoun(checks.length, 'check')} hold`;
  const under =
    faults.length === 0
      ? 'without faults'
      : `under ${formatNoun(faults.length, 'fault')} with ${formatNoun(hits, 'hit')}`;
  return `${held} over ${formatNoun(operations.length, 'operation')}, ${under}.`;
}
