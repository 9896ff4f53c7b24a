/** The commands of `sim debug`, as data and as people type them. */
import { expected, malformed, ok, parseInteger, quote, type Parsed } from '../../input/parsed.js';
import { sectionNames, type SectionName } from '../../report/moment/sections.js';
import { parsePlace, type Place } from './place.js';

export type Direction = 1 | -1;

/** A command that moves. */
export type Move =
  | { readonly kind: 'step'; readonly direction: Direction; readonly count: number }
  /** Without a name, of the node of the event, or of the last one that had a node. */
  | { readonly kind: 'node'; readonly direction: Direction; readonly node?: string }
  | { readonly kind: 'story'; readonly direction: Direction }
  /** Without a text, the last one. */
  | { readonly kind: 'key'; readonly direction: Direction; readonly text?: string }
  | { readonly kind: 'at'; readonly place: Place };

export type Command =
  | Move
  | { readonly kind: 'show'; readonly section: SectionName | 'all' }
  | { readonly kind: 'help' }
  | { readonly kind: 'quit' };

/** Each command with what it does. */
export const COMMANDS: readonly (readonly [string, string])[] = [
  ['next [COUNT]', 'the next event, or the one COUNT further'],
  ['next node [NAME]', 'the next event of a node; of this one without a name'],
  ['next story', 'the next event of the story, or the failure'],
  ['next key [TEXT]', 'the next event that changes a key with this text'],
  ['previous ...', 'the same, backwards'],
  ['at PLACE', 'an event (120), a time (12.5ms), start, end or failure'],
  [`${sectionNames.join(', ')}, all`, 'shows this part of the state'],
  ['help', 'prints this'],
  ['quit', 'ends'],
];

const WORDS = ['next', 'previous', 'at', ...sectionNames, 'all', 'help', 'quit'];
const COUNT_MAX = 1_000_000_000;

/** Reads one line; undefined for one that says nothing. */
export function parseCommand(line: string): Parsed<Command> | undefined {
  const [word = '', first, ...rest] = line.trim().split(/\s+/);
  if (word === '' || word.startsWith('#')) return undefined;
  if (word === 'next') return parseMove(1, first, rest);
  if (word === 'previous') return parseMove(-1, first, rest);
  if (word === 'at') {
    if (rest.length > 0) return surplus(rest[0] ?? '', `at ${first ?? ''}`);
    const place = parsePlace(first ?? '');
    return place.kind === 'ok' ? ok({ kind: 'at', place: place.value }) : place;
  }
  const section = [...sectionNames, 'all' as const].find((name) => name === word);
  if (section === undefined && word !== 'help' && word !== 'quit')
    return expected(`a command (help lists them)`, word, WORDS);
  if (first !== undefined) return surplus(first, word);
  return ok(section === undefined ? { kind: word === 'help' ? 'help' : 'quit' } : { kind: 'show', section });
}

function parseMove(
  direction: Direction,
  first: string | undefined,
  rest: readonly string[],
): Parsed<Command> {
  const [second, third] = rest;
  if (third !== undefined) return surplus(third, second ?? '');
  switch (first) {
    case undefined:
      return ok({ kind: 'step', direction, count: 1 });
    case 'node':
      return ok({ kind: 'node', direction, ...(second === undefined ? {} : { node: second }) });
    case 'key':
      return ok({ kind: 'key', direction, ...(second === undefined ? {} : { text: second }) });
    default:
  }
  if (second !== undefined) return surplus(second, first);
  if (first === 'story') return ok({ kind: 'story', direction });
  const count = parseInteger(first, { min: 1, max: COUNT_MAX });
  if (count.kind === 'ok') return ok({ kind: 'step', direction, count: count.value });
  return expected('a count, node, story or key', first, ['node', 'story', 'key']);
}

function surplus(word: string, after: string): Parsed<Command> {
  return malformed(`expected nothing after ${quote(after)}, got ${quote(word)}`);
}
