/** Why a run failed, as text: the sentence, the moment that decides it, and what led to it. */
import type { Decisive, Explanation, MomentFutures, PastStep } from '../run/explanation.js';
import { singleLine } from '../input/parsed.js';
import type { RunResult } from '../run/run-result.js';
import { indent, indentBehind } from './layout.js';
import { formatCount, formatNoun, formatTime } from './quantities.js';
import type { Style } from './sections.js';

const UNDER_WAY_MAX = 6;
const STEPS_MAX = 20;

export function whyLines({ explanation }: RunResult, style: Style): string[] {
  if (explanation === undefined) return [];
  const { paint, width } = style;
  const { size, sentence, past = [] } = explanation;
  const place = { width, margin: 2, hanging: 2 };
  const [finding = '', ...notes] = momentTexts(explanation);
  return [
    ...indent(singleLine(`in a run of ${size}:`), place).map((line) => paint.quiet(line)),
    ...indent(singleLine(sentence), place).map((line) => paint.bad(line)),
    ...indent(singleLine(finding), place).map((line) => paint.strong(line)),
    ...notes.flatMap((note) => indent(singleLine(note), { width, margin: 4, hanging: 2 }).map(paint.quiet)),
    ...pastLines(past, style),
  ];
}

/** What decides it, and below it the numbers. */
function momentTexts(explanation: Explanation): string[] {
  const { decisive, events } = explanation;
  if (decisive === undefined) return [`What decides it is not known: ${whyUnknown(explanation)}.`];
  switch (decisive.kind) {
    case 'event':
      return eventTexts(decisive, events);
    case 'from-start':
      return [
        'It takes no more than the plan.',
        `Of the futures that are drawn anew from the start on ${shareOf(decisive.start)}, and no later moment makes much of a difference.`,
      ];
    case 'at-end':
      return [
        'Nothing decides it before the end.',
        `Of the futures that are drawn anew from ${formatTime(decisive.before.timeUs)} on ${shareOf(decisive.before)}.`,
      ];
    default:
      return decisive satisfies never;
  }
}

function whyUnknown({ events, runs, interrupted }: Explanation): string {
  if (interrupted === true) return `it was interrupted after ${formatNoun(runs, 'run')}`;
  if (runs > 0) return `${formatNoun(runs, 'run')} were too few`;
  return `${formatNoun(events, 'event')} are too many to be run over and over; sim shrink makes them fewer`;
}

function eventTexts(decisive: Extract<Decisive, { kind: 'event' }>, events: number): string[] {
  const { event, before, after, isExact, underWay } = decisive;
  const isOne = after.events - before.events === 1;
  const [number, time] = [formatCount(event.number), formatTime(event.timeUs)];
  const span = `events ${formatCount(before.events + 1)} to ${formatCount(after.events)} of ${formatCount(events)}`;
  const which = isOne
    ? `Decided at ${time} by event ${number} of ${formatCount(events)}`
    : isExact
      ? `Decided by ${span}, most of all at ${time} by event ${number}`
      : `Decided by some of ${span}, at ${time} at the latest by event ${number}`;
  const them = isOne ? 'it' : 'them';
  const rest = underWay.length - UNDER_WAY_MAX;
  const names = [...underWay.slice(0, UNDER_WAY_MAX), ...(rest > 0 ? [`${formatCount(rest)} more`] : [])];
  return [
    `${which}: ${event.text}.`,
    `Of the futures that are drawn anew before ${them} ${shareOf(before)}, after ${them} ${shareOf(after)}.`,
    ...(names.length === 0 ? [] : [`Under way: ${names.join(', ')}.`]),
  ];
}

/** `3 of 10 fail`. */
function shareOf({ failed, of }: MomentFutures): string {
  return `${formatCount(failed)} of ${formatCount(of)} ${failed === 1 ? 'fails' : 'fail'}`;
}

/** A short list, of the last steps if there are many: when, who, as a part of what, and what happened. */
function pastLines(past: readonly PastStep[], { paint, width }: Style): string[] {
  if (past.length === 0) return [];
  const hidden = past.length - STEPS_MAX;
  const rows = past.slice(-STEPS_MAX).map(({ timeUs, node, operation = '', text }) => ({
    cells: [formatTime(timeUs), singleLine(node), singleLine(operation)] as const,
    text: singleLine(text),
  }));
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map(({ cells }) => (cells[column] ?? '').length)),
  );
  return [
    paint.quiet(
      hidden > 0 ? `  What led to it, after ${formatNoun(hidden, 'earlier step')}:` : '  What led to it:',
    ),
    ...rows.flatMap(({ cells: [time, node, operation], text }) => {
      const names = [node.padEnd(widths[1] ?? 0), operation.padEnd(widths[2] ?? 0)];
      const start = `    ${[time.padStart(widths[0] ?? 0), ...names].join('  ').trimEnd()}  `;
      return indentBehind(start, text, width);
    }),
  ];
}
