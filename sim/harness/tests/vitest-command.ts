/**
 * The shell command that runs one test of Vitest alone. Invariant: its pattern fits the full name of the test and no other
 * name, and has no character that a terminal hides.
 */
import { shellQuote } from '../../input/shell-quote.js';

/** @param names of the test and of what it is declared in, from the outside in */
export function vitestCommand(file: string, names: readonly string[]): string {
  return `npx vitest run ${shellQuote(file)} -t ${shellQuote(`^${names.map(patternOf).join(' ')}$`)}`;
}

/** A regular expression for the text. */
function patternOf(text: string): string {
  return text
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (hidden) => hidden.split('').map(escaped).join(''));
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
