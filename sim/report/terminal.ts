/**
 * Results as text for people: aligned columns, few colours, by default eighty characters wide. Invariant: the
 * last line of every failure is the command that replays it, and nothing in a result can steer a terminal.
 */
import type { SweepResult } from '../explore/sweep-result.js';
import { describeSize } from '../plan/plan.js';
import { singleLine } from '../input/parsed.js';
import { leavesOpen, type Exploration, type RunResult, type Verdict } from '../run/run-result.js';
import { errorLines } from './errors.js';
import { describeParameters } from './describe-run.js';
import { formatRows, indent, wrapText, type Row } from './layout.js';
import { createPaint, type Paint } from './paint.js';
import { formatCount, formatDuration, formatNoun, formatRate } from './quantities.js';
import { whyLines } from './why.js';
import { checkLines, faultLines, operationRows, problemLines, skipLines, type Style } from './sections.js';

export interface TextStyle {
  readonly color: boolean;
  /** Characters in a line; 80 by default. */
  readonly width?: number;
}

const WIDTH_DEFAULT = 80;
const FAILURES_MAX = 10;

/** One run; ends with a line break. */
export function formatRun(result: RunResult, textStyle: TextStyle): string {
  const style = styleOf(textStyle);
  const { paint, width } = style;
  return joinSections([
    [titleOf(result, paint), ...indent(describeParameters(result), { width, margin: 2 }).map(paint.quiet)],
    ...formatRows(
      [summaryRows(result), [...operationRows(result.operations), ...measureRows(result)]],
      { width, margin: 2 },
      paint.quiet,
    ),
    ...findings(result, style),
    failureEnd(result.verdict, result.replay, style),
  ]);
}

/**
 * A failing run for the error of a test: why it failed, or what failed if nothing explains it, and the
 * command; ends with a line break.
 */
export function formatStory(result: RunResult, textStyle: TextStyle): string {
  const style = styleOf(textStyle);
  const failed = { ...result, checks: result.checks.filter(({ verdict }) => verdict !== 'satisfied') };
  const told =
    result.explanation === undefined
      ? findings({ ...failed, faults: [] }, style)
      : [
          ...section('Check the test first', doubtLines(result, style), style),
          ...section('Why', whyLines(result, style), style),
        ];
  return joinSections([...told, failureEnd(result.verdict, result.replay, style)]);
}

/** A mistake of the test may be what it failed with. */
function doubtLines({ verdict, problems }: RunResult, style: Style): string[] {
  const doubts = problems.filter((problem) => leavesOpen(problem) && problem.kind !== 'budget');
  return verdict === 'violated' ? problemLines(doubts, style) : [];
}

/** A sweep, with the first failure in full, made small where it was; ends with a line break. */
export function formatSweep(result: SweepResult, textStyle: TextStyle): string {
  const style = styleOf(textStyle);
  const { paint, width } = style;
  const worst = worstOf(result);
  const shown = result.shrunk ?? result.firstFailure;
  const replay = shown?.replay ?? result.failures.find(({ verdict }) => verdict === worst)?.replay;
  return joinSections([
    [sweepTitle(result, worst, paint)],
    ...formatRows([sweepRows(result)], { width, margin: 2 }, paint.quiet),
    markLines(result, style),
    failureLines(result, style),
    ...(shown === undefined
      ? []
      : [[failureTitle(result, shown, paint)], ...findings(hitOnly(shown), style)]),
    replay === undefined ? [] : failureEnd(worst, replay, style),
  ]);
}

function failureTitle({ shrunk }: SweepResult, shown: RunResult, paint: Paint): string {
  const title = titleOf(shown, paint);
  return shrunk === undefined ? title : `${title} · shrunk to ${describeSize(shown.plan)}`;
}

/** Faults that hit nothing have no part in a failure. */
function hitOnly(result: RunResult): RunResult {
  return { ...result, faults: result.faults.filter(({ hits }) => hits > 0) };
}

function styleOf({ color, width = WIDTH_DEFAULT }: TextStyle): Style {
  return { paint: createPaint(color), width };
}

function joinSections(sections: readonly (readonly string[])[]): string {
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function titleOf(result: RunResult, paint: Paint): string {
  const { scenario, seed } = result.plan;
  const where = result.backend === 'real' ? ' · real etcd' : '';
  return `${paint.strong(singleLine(scenario))} · seed ${seed}${where} · ${paintVerdict(result.verdict, paint)}`;
}

function paintVerdict(verdict: Verdict, paint: Paint, text: string = verdict): string {
  switch (verdict) {
    case 'satisfied':
      return paint.good(paint.strong(text));
    case 'violated':
      return paint.bad(paint.strong(text));
    case 'inconclusive':
      return paint.unsure(paint.strong(text));
  }
}

/** The scenario's own lines, with its own formatting of numbers. */
function summaryRows({ summary }: RunResult): Row[] {
  return summary.map(({ label, value }) => ({ label: singleLine(label), value: singleLine(value) }));
}

function measureRows(result: RunResult): Row[] {
  const { counters, virtualTimeMs, wallTimeMs, trace, exploration } = result;
  return [
    ...Object.entries(counters).map(([name, count]) => ({
      label: singleLine(name),
      value: formatCount(count),
    })),
    ...(virtualTimeMs === undefined ? [] : [{ label: 'virtual time', value: formatDuration(virtualTimeMs) }]),
    { label: 'wall time', value: formatDuration(wallTimeMs) },
    ...(trace === undefined
      ? []
      : [
          { label: 'events', value: formatCount(trace.events) },
          { label: 'trace hash', value: trace.hash },
        ]),
    ...(exploration === undefined ? [] : [explorationRow(exploration, result.verdict)]),
  ];
}

/** After a failure it is the last failing run. A campaign without failures says whether it was exhaustive. */
function explorationRow({ strategy, runs, complete }: Exploration, verdict: Verdict): Row {
  const left = complete ? 'all tried within its bounds' : 'more left to try';
  const note = verdict === 'violated' ? strategy : `${strategy}, ${left}`;
  return { label: 'runs of the seed', value: formatCount(runs), note };
}

function findings(result: RunResult, style: Style): string[][] {
  return [
    ...section('Checks', checkLines(result, style), style),
    ...section('Problems', problemLines(result.problems, style), style),
    ...section('Skipped', skipLines(result.skips ?? [], style), style),
    ...section('Errors', errorLines(result.operations, style), style),
    ...section('Faults', faultLines(result.faults, style), style),
    ...section('Why', whyLines(result, style), style),
  ];
}

/** Nothing if there are no lines. */
function section(title: string, lines: readonly string[], { paint }: Style): string[][] {
  return lines.length === 0 ? [] : [[paint.strong(title), ...lines]];
}

/** The command stands alone on its line and is never wrapped, so that you can copy it. */
function failureEnd(verdict: Verdict, replay: string, { paint }: Style): string[] {
  return verdict === 'satisfied' ? [] : [paint.strong('Run it again'), singleLine(replay)];
}

function worstOf({ failures }: SweepResult): Verdict {
  if (failures.some(({ verdict }) => verdict === 'violated')) return 'violated';
  return failures.length > 0 ? 'inconclusive' : 'satisfied';
}

function sweepTitle(result: SweepResult, worst: Verdict, paint: Paint): string {
  const { scenario, failures, seedsRun } = result;
  const failed = failures.filter(({ verdict }) => verdict === worst).length;
  const said =
    worst === 'satisfied'
      ? seedsRun === 0
        ? 'nothing ran'
        : paintVerdict(worst, paint)
      : paintVerdict(worst, paint, `${formatCount(failed)} ${worst}`);
  const ended = result.interrupted ? 'interrupted' : result.outOfTime ? 'out of time' : undefined;
  const end = ended === undefined ? '' : ` · ${paint.unsure(ended)}`;
  return `${paint.strong(singleLine(scenario))} · ${formatNoun(seedsRun, 'seed')} · ${said}${end}`;
}

function sweepRows(result: SweepResult): Row[] {
  const { seedsRun, seedsPlanned, failures, blocked, counters, wallTimeMs } = result;
  const count = (verdict: Verdict) => failures.filter((failure) => failure.verdict === verdict).length;
  const rate = `${formatRate(seedsRun, wallTimeMs)} seeds a second`;
  const planned = seedsRun === seedsPlanned ? {} : { note: `of ${formatCount(seedsPlanned)}` };
  return [
    { label: 'seeds', value: formatCount(seedsRun), ...planned },
    { label: 'satisfied', value: formatCount(seedsRun - failures.length - blocked) },
    { label: 'violated', value: formatCount(count('violated')) },
    { label: 'inconclusive', value: formatCount(count('inconclusive')) },
    ...(blocked === 0
      ? []
      : [{ label: 'blocked', value: formatCount(blocked), note: 'faults let nothing succeed' }]),
    ...Object.entries(counters).map(([name, total]) => ({
      label: singleLine(name),
      value: formatCount(total),
    })),
    { label: 'wall time', value: formatDuration(wallTimeMs), note: rate },
  ];
}

/** At most one in this many seeds is rare. */
const RARE = 20;

/** Marks that no seed or few seeds reached; one line if every mark was reached often. */
function markLines({ marks }: SweepResult, { paint, width }: Style): string[] {
  const never = marks.filter(({ reached }) => reached === 0).map(({ mark }) => mark);
  const rarely = marks
    .filter(({ reached, possible }) => reached > 0 && reached * RARE <= possible)
    .map(({ mark, reached, possible }) => `${mark} (${reached} of ${formatCount(possible)})`);
  const list = (label: string, names: readonly string[]) => {
    if (names.length === 0) return [];
    const margin = label.length + 4;
    const lines = wrapText(singleLine(names.join(', ')), Math.max(24, width - margin));
    return lines.map((line, index) => `  ${index === 0 ? label : ' '.repeat(label.length)}  ${line}`);
  };
  if (marks.length === 0) return [];
  const all = never.length + rarely.length === 0 ? [`  all ${formatNoun(marks.length, 'mark')} reached`] : [];
  return [paint.strong('Marks'), ...all, ...list('never reached', never), ...list('rarely reached', rarely)];
}

/** Every seed that failed, with its first message and its command. */
function failureLines({ failures }: SweepResult, { paint, width }: Style): string[] {
  if (failures.length === 0) return [];
  const shown = failures.slice(0, FAILURES_MAX);
  const widthOf = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
  const seedWidth = widthOf(shown.map(({ seed }) => String(seed)));
  const verdictWidth = widthOf(shown.map(({ verdict }) => verdict));
  const hidden = failures.length - shown.length;
  return [
    paint.strong('Failures'),
    ...shown.flatMap(({ seed, verdict, message, replay }) => {
      const color = verdict === 'violated' ? paint.bad : paint.unsure;
      const head = `  seed ${String(seed).padStart(seedWidth)}  ${color(verdict.padEnd(verdictWidth))}  `;
      const margin = ' '.repeat(seedWidth + verdictWidth + 11);
      const [first = '', ...rest] = wrapText(singleLine(message), Math.max(24, width - margin.length));
      return [head + first, ...[...rest, singleLine(replay)].map((line) => margin + line)];
    }),
    ...(hidden > 0 ? [paint.quiet(`  and ${formatCount(hidden)} more`)] : []),
  ];
}
