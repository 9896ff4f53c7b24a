/** What each key does on the screen. Invariant: the help lists every key. */
import type { SectionName } from '../../report/moment/sections.js';
import type { Command } from './commands.js';

/** What a key means besides a command. */
export type KeyMeaning =
  | Command
  /** Asks for a text, and then does what it says. */
  | { readonly kind: 'ask'; readonly what: 'place' | 'key' }
  | { readonly kind: 'scroll'; readonly pages: 1 | -1 };

interface KeyHelp {
  /** As Node.js names them. */
  readonly names: readonly string[];
  /** As people read them. */
  readonly shown: string;
  readonly means: KeyMeaning;
  readonly help: string;
}

const step = (direction: 1 | -1, count = 1): Command => ({ kind: 'step', direction, count });
const show = (section: SectionName | 'all'): Command => ({ kind: 'show', section });

export const KEYS: readonly KeyHelp[] = [
  { names: ['right', 'space', 'n'], shown: '→ space n', means: step(1), help: 'next event' },
  { names: ['left', 'p'], shown: '← p', means: step(-1), help: 'previous event' },
  { names: ['down'], shown: '↓', means: { kind: 'node', direction: 1 }, help: 'next event of this node' },
  { names: ['up'], shown: '↑', means: { kind: 'node', direction: -1 }, help: 'previous event of this node' },
  { names: ['s'], shown: 's', means: { kind: 'story', direction: 1 }, help: 'next event of the story' },
  { names: ['S'], shown: 'S', means: { kind: 'story', direction: -1 }, help: 'previous event of the story' },
  { names: ['x'], shown: 'x', means: { kind: 'at', place: { kind: 'failure' } }, help: 'to the failure' },
  {
    names: ['g'],
    shown: 'g',
    means: { kind: 'ask', what: 'place' },
    help: 'to an event (120) or a time (12.5ms)',
  },
  {
    names: ['home', '<'],
    shown: 'Home <',
    means: { kind: 'at', place: { kind: 'start' } },
    help: 'to the start',
  },
  { names: ['end', '>'], shown: 'End >', means: { kind: 'at', place: { kind: 'end' } }, help: 'to the end' },
  { names: ['/'], shown: '/', means: { kind: 'ask', what: 'key' }, help: 'to the next change of a key' },
  { names: ['m'], shown: 'm', means: { kind: 'key', direction: 1 }, help: 'to the next such change' },
  { names: ['M'], shown: 'M', means: { kind: 'key', direction: -1 }, help: 'to the previous such change' },
  { names: ['u'], shown: 'u', means: show('nodes'), help: 'shows what is under way on the nodes' },
  { names: ['k'], shown: 'k', means: show('keys'), help: 'shows the keys' },
  { names: ['l'], shown: 'l', means: show('leases'), help: 'shows the leases' },
  { names: ['w'], shown: 'w', means: show('watches'), help: 'shows the watches' },
  { names: ['c'], shown: 'c', means: show('clocks'), help: 'shows the clocks' },
  { names: ['f'], shown: 'f', means: show('faults'), help: 'shows the faults' },
  { names: ['a'], shown: 'a', means: show('all'), help: 'shows all of these' },
  { names: ['pagedown'], shown: 'PgDn', means: { kind: 'scroll', pages: 1 }, help: 'scrolls down' },
  { names: ['pageup'], shown: 'PgUp', means: { kind: 'scroll', pages: -1 }, help: 'scrolls up' },
  { names: ['?', 'h'], shown: '? h', means: { kind: 'help' }, help: 'shows this help, or ends it' },
  { names: ['q'], shown: 'q', means: { kind: 'quit' }, help: 'ends' },
];

/** A key as Node.js tells of it. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
}

export function meaningOf({ name, sequence = '', ctrl, meta }: Key): KeyMeaning | undefined {
  if (ctrl === true) return name === 'c' || name === 'd' ? { kind: 'quit' } : undefined;
  if (meta === true) return undefined;
  // A character is itself; any other key has a name only.
  const own = /^[!-~]$/.test(sequence) ? sequence : (name ?? '');
  return KEYS.find(({ names }) => names.includes(own))?.means;
}
