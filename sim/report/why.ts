/** Why a run failed, as text: the sentence, the moment that decides it, and the events that led to it. */
import type { Explanation, PastStep } from '../run/explanation.js';
import { singleLine } from '../input/parsed.js';
import type { Problem, RunResult } from '../run/run-result.js';
import { decisiveWords } from './decisive-words.js';
import { indent, indentBehind } from './layout.js';
import { formatCount, formatTime } from './quantities.js';
import type { Style } from './sections.js';

const UNDER_WAY_MAX = 6;

export function whyLines({ explanation, problems }: RunResult, style: Style): string[] {
  if (explanation === undefined) return [];
  const { paint, width } = style;
  const { size, sentence, past = [] } = explanation;
  const place = { width, margin: 2, hanging: 2 };
  const [finding = '', ...notes] = momentTexts(explanation);
  return [
    ...indent(singleLine(`in a run of ${size}:`), place).map((line) => paint.quiet(line)),
    ...indent(singleLine(sentence), place).map((line) => paint.bad(line)),
    ...differenceLines(problems, style),
    ...waitingLines(problems).flatMap((line) => indent(singleLine(line), { width, margin: 4, hanging: 2 })),
    ...indent(singleLine(finding), place).map((line) => paint.strong(line)),
    ...notes.flatMap((note) => indent(singleLine(note), { width, margin: 4, hanging: 2 }).map(paint.quiet)),
    ...pastLines(past, style),
  ];
}

/** What decides it, with the numbers below. */
function momentTexts(explanation: Explanation): string[] {
  const { headline, event, futures } = decisiveWords(explanation);
  const { decisive } = explanation;
  const underWay = decisive?.kind === 'event' ? decisive.underWay : [];
  const rest = underWay.length - UNDER_WAY_MAX;
  const names = [...underWay.slice(0, UNDER_WAY_MAX), ...(rest > 0 ? [`${formatCount(rest)} more`] : [])];
  return [
    event === undefined ? headline : `${headline} ${event}.`,
    ...(futures === undefined ? [] : [futures]),
    ...(names.length === 0 ? [] : [`Under way: ${names.join(', ')}.`]),
  ];
}

/** A short list: when, actor, operation, and what happened. */
function pastLines(past: readonly PastStep[], { paint, width }: Style): string[] {
  if (past.length === 0) return [];
  const rows = past.map(({ timeUs, node, operation = '', text }) => ({
    cells: [formatTime(timeUs), singleLine(node), singleLine(operation)] as const,
    text: singleLine(text),
  }));
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map(({ cells }) => (cells[column] ?? '').length)),
  );
  return [
    paint.quiet('  What led to it:'),
    ...rows.flatMap(({ cells: [time, node, operation], text }) => {
      const names = [node.padEnd(widths[1] ?? 0), operation.padEnd(widths[2] ?? 0)];
      const start = `    ${[time.padStart(widths[0] ?? 0), ...names].join('  ').trimEnd()}  `;
      return indentBehind(start, text, width);
    }),
  ];
}

/** What an assertion of a node expected, and what came. */
export function differenceLines(problems: readonly Problem[], { paint }: Style): string[] {
  const [problem] = problems;
  if (problem?.kind !== 'node-error' || problem.difference === undefined) return [];
  return problem.difference.split('\n').map((line) => paint.quiet(`    ${asShown(line)}`));
}

/** Its spaces stay. */
function asShown(line: string): string {
  return line.split(' ').map(singleLine).join(' ');
}

const WAITING_MAX = 3;

/** The nodes that wait, and for what, in a run that cannot continue. */
function waitingLines(problems: readonly Problem[]): readonly string[] {
  const hang = problems.find(({ kind }) => kind === 'deadlock' || kind === 'liveness');
  if (hang === undefined || !('waiting' in hang)) return [];
  const left = hang.waiting.length - WAITING_MAX;
  return [...hang.waiting.slice(0, WAITING_MAX), ...(left > 0 ? [`and ${left} more wait`] : [])];
}
