/** One moment of a run as text: the event, what it caused, and sections of the state after it. */
import { singleLine } from '../../input/parsed.js';
import type { HappeningWords } from '../../moment/describe-happening.js';
import type { MomentState } from '../../moment/state-at.js';
import type { PastStep } from '../../run/explanation.js';
import { cut, indent } from '../layout.js';
import { formatCount, formatTime } from '../quantities.js';
import { sectionOf, type MomentStyle, type SectionName, type ShownMoment } from './sections.js';

/** An event in words. */
export interface ShownEvent {
  /** 0 for the start. */
  readonly number: number;
  readonly timeUs: number;
  readonly text: string;
  readonly deeds: readonly HappeningWords[];
  readonly story: readonly PastStep[];
  readonly failure?: string;
}

/** The number of the event and of all events, the time, and the leader. */
export function headLine(
  event: ShownEvent,
  last: number,
  state: MomentState,
  { paint, width }: MomentStyle,
): string {
  const { number, timeUs } = event;
  const leader = state.members.find(({ role }) => role === 'leader');
  const stopped = state.members.filter(({ role }) => role === 'stopped').map(({ name }) => name);
  const place =
    number === 0
      ? `start of ${formatCount(last)} events`
      : `event ${formatCount(number)} of ${formatCount(last)}`;
  const rest = [
    formatTime(timeUs),
    `revision ${formatCount(state.revision)}`,
    leader === undefined ? 'no leader' : `${leader.name} leads`,
    ...(stopped.length === 0 ? [] : [`${stopped.join(', ')} stopped`]),
  ];
  return `${paint.strong(place)}${cut(` · ${rest.join(' · ')}`, Math.max(1, width - place.length))}`;
}

/** What happened in it, and what the story and the checks make of that. */
export function eventLines(event: ShownEvent, { paint, width }: MomentStyle): string[] {
  const place = { width, margin: 2, hanging: 2 };
  const deeper = { width, margin: 4, hanging: 2 };
  const deeds = event.deeds.map(({ actor, text }) => `${actor} ${text}`);
  return [
    ...indent(singleLine(event.text), place),
    ...deeds.flatMap((deed) => indent(singleLine(deed), deeper)).map(paint.quiet),
    ...event.story.flatMap((step) =>
      indent(singleLine(`story: ${[step.node, step.text].join(' ').trim()}`), place).map(paint.unsure),
    ),
    ...(event.failure === undefined ? [] : indent(singleLine(`✗ ${event.failure}`), place).map(paint.bad)),
  ];
}

export interface MomentToFormat {
  readonly event: ShownEvent;
  readonly last: number;
  readonly moment: ShownMoment;
  readonly sections: readonly SectionName[];
}

/** The whole moment; its lines end with line breaks. */
export function formatMoment({ event, last, moment, sections }: MomentToFormat, style: MomentStyle): string {
  const lines = [
    headLine(event, last, moment.state, style),
    ...eventLines(event, style),
    ...sections.flatMap((name) => {
      const { title, lines: body } = sectionOf(name, moment, style);
      return ['', style.paint.strong(title), ...body];
    }),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
