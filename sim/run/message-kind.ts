/**
 * The words of a message without everything that belongs to one run alone, so that one defect has one text. Invariant:
 * ids, keys, values, times and revisions make no difference.
 */
import type { RunResult } from './run-result.js';

const QUOTED = /"[^"]*"|'[^']*'|`[^`]*`|\{[^}]*\}|\[[^\]]*\]/g;
const WORDS_MAX = 10;

/** Words that are names in this run: of nodes, operations, members, keys and values. */
export function namesOf({ plan, operations, log }: RunResult): ReadonlySet<string> {
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
export function wordsOf(message: string, names: ReadonlySet<string>): string {
  return message
    .replaceAll(QUOTED, ' ')
    .split(/[\s,;:.()]+/)
    .filter((word) => /^[A-Za-z]+$/.test(word) && !names.has(word))
    .map((word) => word.replace(/s$/, ''))
    .filter((word, index, words) => words.indexOf(word) === index)
    .sort()
    .join(' ');
}

/** Its first words in their order, for people; `…` stands for what belongs to the run. */
export function headlineOf(message: string, names: ReadonlySet<string>): string {
  const [line = ''] = message.split('\n');
  const words = line
    .replaceAll(QUOTED, ' 0 ')
    .split(/[\s,;:()]+/)
    .filter((word) => word !== '')
    .map((word) => (/^[A-Za-z'’-]+\.?$/.test(word) && !names.has(word) ? word.replace(/\.$/, '') : '…'))
    .filter((word, index, all) => word !== '…' || all[index - 1] !== '…');
  return words.length > WORDS_MAX ? `${words.slice(0, WORDS_MAX).join(' ')} …` : words.join(' ');
}
