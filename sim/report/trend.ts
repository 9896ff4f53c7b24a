/** A trend as text: commits, then failures by what became of them, then marks that are no longer reached. */
import { singleLine } from '../input/parsed.js';
import { cut, indent } from './layout.js';
import { createPaint, type Paint } from './paint.js';
import { formatCount, formatNoun } from './quantities.js';
import type { Share, Trend, TrendCommit, TrendFailure, TrendMark, TrendState } from './page/trend-data.js';

interface Style {
  readonly color: boolean;
  readonly width: number;
}

/** The newest commits tell most; the page has all. */
const COMMITS_MAX = 12;
const PAST_MAX = 12;
const COMMIT_WIDTH = 24;

export function formatTrend(trend: Trend, { color, width }: Style): string {
  const paint = createPaint(color);
  const { commits, failures, marks } = trend;
  const seeds = commits.reduce((sum, { seedsRun }) => sum + seedsRun, 0);
  const title = `${paint.strong('trend')} · ${formatNoun(commits.length, 'commit')} · ${formatNoun(seeds, 'seed')}`;
  const open = failures.filter(({ state }) => isOpen(state));
  const past = failures.filter(({ state }) => !isOpen(state));
  const lost = marks.filter(({ isLost }) => isLost);
  const layout = { paint, width };
  const titled = (heading: string, some: readonly TrendFailure[], most: number): string[] =>
    some
      .slice(0, most)
      .flatMap((failure, at) => [
        at === 0 ? paint.strong(heading) : '',
        ...failureLines(failure, trend, layout),
        ...(at === most - 1 && some.length > most
          ? ['', paint.quiet(`  and ${formatCount(some.length - most)} more`)]
          : []),
      ]);
  const groups = [
    [title],
    commitLines(commits, paint),
    open.length === 0 ? [paint.strong('Failures'), paint.good('  none in the newest sweeps')] : [],
    titled('Failures', open, open.length),
    titled('Not in the newest sweeps', past, PAST_MAX),
    lost.length === 0
      ? []
      : [paint.strong('Marks no longer reached'), ...lost.flatMap((mark) => markLines(mark, trend, layout))],
  ].filter((lines) => lines.length > 0);
  return `${groups.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

interface Layout {
  readonly paint: Paint;
  readonly width: number;
}

function commitLines(commits: readonly TrendCommit[], paint: Paint): string[] {
  const head = ['commit', 'first sweep (UTC)', 'seeds', 'failed', 'kinds'];
  const shown = commits.slice(-COMMITS_MAX).reverse();
  const rows = shown.map(({ commit, startedAt, seedsRun, seedsFailed, kinds, seedsLost }) => ({
    cells: [
      cut(singleLine(commit), COMMIT_WIDTH),
      singleLine(startedAt).slice(0, 16).replace('T', ' '),
      formatCount(seedsRun),
      formatCount(seedsFailed),
      formatCount(kinds),
    ],
    note: seedsLost === 0 ? '' : paint.unsure(`  ${formatNoun(seedsLost, 'seed')} lost`),
  }));
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ')}`;
  const hidden = commits.length - shown.length;
  return [
    paint.quiet(line(head)),
    ...rows.map(({ cells, note }) => line(cells) + note),
    ...(hidden > 0 ? [paint.quiet(`  and ${formatNoun(hidden, 'earlier commit')}`)] : []),
  ];
}

function failureLines(failure: TrendFailure, trend: Trend, { paint, width }: Layout): string[] {
  const { scenario, signature, message, replay } = failure;
  const head = `  ${statePaint(failure.state, paint)(failure.state)}  ${paint.strong(singleLine(scenario))} · ${singleLine(signature)}`;
  return [
    head,
    ...indent(historyText(failure, trend), { width, margin: 4 }),
    ...indent(singleLine(message), { width, margin: 4, hanging: 2 }).map((line) => paint.quiet(line)),
    `    ${singleLine(replay)}`,
  ];
}

/** Whether the newest sweep of its scenario has it. */
function isOpen(state: TrendState): boolean {
  return state === 'new' || state === 'back' || state === 'open';
}

function statePaint(state: TrendState, paint: Paint): (text: string) => string {
  if (isOpen(state)) return (text) => paint.bad(text);
  return state === 'gone' ? (text) => paint.good(text) : (text) => paint.unsure(text);
}

/** Such as `3 of 4,000 seeds at c3d4, none of 8,000 before`. */
function historyText({ state, shares, seedsSince }: TrendFailure, { commits }: Trend): string {
  const ran = shares.flatMap((share, at) => (share === null ? [] : [{ share, at }]));
  const failing = ran.filter(({ share }) => share.seeds > 0);
  const [first, last] = [failing[0], failing.at(-1)];
  if (first === undefined || last === undefined) return '';
  const name = (at: number) => singleLine(commits[at]?.commit ?? '');
  const before = sumOf(ran.filter(({ at }) => at < last.at).map(({ share }) => share));
  const latest = `${shareText(last.share)} at ${name(last.at)}`;
  switch (state) {
    case 'new':
      return `${latest}, none of ${formatCount(before.of)} before`;
    case 'back':
    case 'open':
      return first.at === last.at
        ? latest
        : `${latest}, ${shareText(before)} before, first at ${name(first.at)}`;
    case 'gone':
    case 'not seen': {
      const few = state === 'gone' ? '' : ', too few to tell';
      return `none of ${formatNoun(seedsSince, 'seed')} since ${name(last.at)}${few}; ${shareText(
        sumOf(ran.filter(({ at }) => at >= first.at && at <= last.at).map(({ share }) => share)),
      )} until then`;
    }
  }
}

function sumOf(shares: readonly Share[]): Share {
  return shares.reduce((sum, { seeds, of }) => ({ seeds: sum.seeds + seeds, of: sum.of + of }), {
    seeds: 0,
    of: 0,
  });
}

function shareText({ seeds, of }: Share): string {
  return `${formatCount(seeds)} of ${formatNoun(of, 'seed')}`;
}

function markLines({ scenario, mark, shares }: TrendMark, { commits }: Trend, { width }: Layout): string[] {
  const at = shares.findLastIndex((share) => share !== null && share.seeds > 0);
  const [last, since] = [shares[at], sumOf(shares.slice(at + 1).filter((share) => share !== null))];
  const before =
    last === undefined || last === null ? '' : `; ${shareText(last)} at ${commits[at]?.commit ?? ''}`;
  const text = `${scenario} · ${mark}: none of ${formatNoun(since.of, 'seed')} since${before}`;
  return indent(singleLine(text), { width, margin: 2, hanging: 2 });
}
