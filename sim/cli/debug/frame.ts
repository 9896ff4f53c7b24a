/**
 * The picture on the screen: the event on top, the sections below, one line of hints or of an answer at the bottom.
 * Invariant: it has exactly as many lines as the screen, and none is wider.
 */
import { singleLine } from '../../input/parsed.js';
import { eventLines, headLine } from '../../report/moment/format-moment.js';
import {
  sectionNames,
  sectionOf,
  type MomentStyle,
  type Section,
  type SectionName,
} from '../../report/moment/sections.js';
import { cut } from '../../report/layout.js';
import { twoColumns } from '../columns.js';
import { KEYS } from './keys.js';
import type { Stepper } from './stepper.js';

export interface View {
  readonly section: SectionName | 'all';
  readonly isHelp: boolean;
  /** How many lines of the body lie above the screen. */
  readonly scrolled: number;
}

export interface Screen extends MomentStyle {
  readonly height: number;
}

export interface Frame {
  readonly lines: readonly string[];
  /** The largest scroll that shows something new. */
  readonly scrollMax: number;
}

/** @param node the one that ↑ and ↓ stay with */
function hintsFor(node: string | undefined): string {
  return `←→ step  ↑↓ ${node ?? 'node'}  s story  g go to  / key  ? help  q quit`;
}
/** An event with more lines than this leaves too little room for the state. */
const EVENT_LINES_SHARE = 0.4;

/** @param bottom in place of the hints */
export function drawFrame(stepper: Stepper, view: View, screen: Screen, bottom: string | undefined): Frame {
  const { paint, width, height } = screen;
  const hints = bottom ?? paint.quiet(cut(hintsFor(stepper.node), width));
  const room = Math.max(1, height - 1);
  if (view.isHelp) return filled(helpLines(width), view, room, hints);
  const { event, state } = stepper.moment;
  const told = eventLines(event, screen);
  const toldMax = Math.max(1, Math.floor(room * EVENT_LINES_SHARE));
  const top = [
    headLine(event, stepper.timeline.last, state, screen),
    ...(told.length <= toldMax
      ? told
      : [...told.slice(0, toldMax - 1), paint.quiet(`  ${told.length - toldMax + 1} more lines`)]),
  ].slice(0, room);
  const bodyRoom = Math.max(0, room - top.length);
  const names = view.section === 'all' ? sectionNames : [view.section];
  const sections = names.map((name) => sectionOf(name, stepper.shown, screen));
  const whole = sections.flatMap((section) => ['', paint.strong(section.title), ...section.lines]);
  // Without scrolling, every section shows its beginning.
  const body = view.scrolled === 0 && view.section === 'all' ? fit(sections, bodyRoom, screen) : whole;
  const scrollMax = Math.max(0, whole.length - bodyRoom);
  const scrolled = Math.min(view.scrolled, scrollMax);
  const shown = body.slice(scrolled, scrolled + bodyRoom);
  return { lines: [...padded([...top, ...shown], room), hints], scrollMax };
}

function filled(text: readonly string[], { scrolled }: View, room: number, bottom: string): Frame {
  const scrollMax = Math.max(0, text.length - room);
  const from = Math.min(scrolled, scrollMax);
  return { lines: [...padded(text.slice(from, from + room), room), bottom], scrollMax };
}

function padded(lines: readonly string[], height: number): string[] {
  return [...lines, ...Array.from({ length: Math.max(0, height - lines.length) }, () => '')];
}

function helpLines(width: number): string[] {
  return [
    'Keys of sim debug',
    '',
    ...twoColumns(
      KEYS.map(({ shown, help }) => [shown, help] as const),
      width,
    ).split('\n'),
  ];
}

/**
 * Where the sections are too long together, those that say little share a line, and then the longest give way. Empty
 * lines between them go before that.
 */
function fit(sections: readonly Section[], room: number, screen: Screen): string[] {
  const { paint, width } = screen;
  if (heightOf(sections, 2) <= room) {
    return sections.flatMap(({ title, lines }) => ['', paint.strong(title), ...lines]);
  }
  const brief = sections.flatMap((section) => section.brief ?? []);
  const long = sections.filter((section) => section.brief === undefined);
  const last = brief.length === 0 ? [] : [paint.quiet(cut(sentence(brief), width))];
  const gap = heightOf(long, 2) + last.length + 1 <= room ? [''] : [];
  const counts = long.map(({ lines }) => lines.length);
  let surplus = sumOf(counts) + (gap.length + 1) * long.length + last.length - room;
  while (surplus > 0) {
    const longest = counts.indexOf(Math.max(...counts));
    const count = counts[longest] ?? 0;
    if (count <= 1) break;
    counts[longest] = count - 1;
    surplus--;
  }
  return [
    ...long.flatMap((section, at) => {
      const count = counts[at] ?? 0;
      const rest = section.lines.length - count;
      const note = rest > 0 ? paint.quiet(` (${rest} more)`) : '';
      return [...gap, paint.strong(section.title) + note, ...chosen(section, count)];
    }),
    ...gap,
    ...last,
  ];
}

function heightOf(sections: readonly Section[], overhead: number): number {
  return sumOf(sections.map(({ lines }) => lines.length + overhead));
}

/** So many lines, the important ones first, in their order. */
function chosen({ lines, first }: Section, count: number): string[] {
  const others = lines.map((_, at) => at).filter((at) => !first.includes(at));
  const taken = new Set([...first, ...others].slice(0, count));
  return lines.filter((_, at) => taken.has(at));
}

/** `No watch, all clocks are right, no fault.` */
function sentence(parts: readonly string[]): string {
  const text = parts.join(', ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

/** The line in which a text is typed. */
export function promptLine(what: 'place' | 'key', typed: string, width: number): string {
  const question = what === 'place' ? 'go to event or time: ' : 'part of a key: ';
  const shown = `${question}${singleLine(typed)}`;
  return `${shown.length < width ? shown : `…${shown.slice(-(width - 2))}`}_`;
}
