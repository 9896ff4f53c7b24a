/** From a typed line to a command, or to a sentence that says what was expected. */
import { quote } from './printable.js';
import type { Command } from './program.js';

/** What a line asks for. */
export type Line =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'end' }
  | { readonly kind: 'command'; readonly command: Command; readonly words: readonly string[] }
  | { readonly kind: 'mistyped'; readonly message: string };

/** Reads one line; words are separated by blanks. */
export function readLine(text: string, commands: readonly Command[]): Line {
  const typed = text.trim();
  if (typed === '') return { kind: 'nothing' };
  const [name = '', ...words] = typed.split(/\s+/);
  if (name === 'quit' || name === 'exit') return { kind: 'end' };
  const command = commands.find(({ usage }) => nameOf(usage) === name);
  if (command === undefined) {
    return {
      kind: 'mistyped',
      message: `unknown command ${quote(name)}: expected ${usagesOf(commands)}`,
    };
  }
  if (words.length !== wordCountOf(command.usage)) {
    return { kind: 'mistyped', message: `expected ${command.usage}, got ${quote(typed)}` };
  }
  return { kind: 'command', command, words };
}

/** All that can be typed, as a sentence says it. */
export function usagesOf(commands: readonly Command[]): string {
  return `${[...commands.map(({ usage }) => usage), 'quit'].join(', ')} or exit`;
}

export function nameOf(usage: string): string {
  return usage.split(' ')[0] ?? '';
}

function wordCountOf(usage: string): number {
  return usage.split(' ').length - 1;
}
