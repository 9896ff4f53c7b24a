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
/** Below so many columns there is no room for times. */
const NARROW = 60;
const NARROW_COMMIT = 10;

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
    commitLines(commits, layout),
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

function commitLines(commits: readonly TrendCommit[], { paint, width }: Layout): string[] {
  const isNarrow = width < NARROW;
  const shown = commits.slice(-COMMITS_MAX).reverse();
  const columns: readonly Column[] = [
    { head: 'commit', of: ({ commit }) => cut(singleLine(commit), isNarrow ? NARROW_COMMIT : COMMIT_WIDTH) },
    ...(isNarrow ? [] : [{ head: 'first sweep (UTC)', of: startOf }]),
    { head: 'seeds', isNumber: true, of: ({ seedsRun }) => formatCount(seedsRun) },
    { head: 'failed', isNumber: true, of: ({ seedsFailed }) => formatCount(seedsFailed) },
    { head: 'kinds', isNumber: true, of: ({ kinds }) => formatCount(kinds) },
  ];
  const texts = columns.map(({ head, isNumber = false, of }) => {
    const all = [head, ...shown.map(of)];
    const most = Math.max(...all.map((text) => text.length));
    return all.map((text) => (isNumber ? text.padStart(most) : text.padEnd(most)));
  });
  const lines = [undefined, ...shown].map((_, row) => `  ${texts.map((column) => column[row]).join('  ')}`);
  const [head = '', ...rows] = lines;
  const hidden = commits.length - shown.length;
  return [
    paint.quiet(head),
    ...rows.map((row, at) => row + noteOf(shown[at], paint)),
    ...(hidden > 0 ? [paint.quiet(`  and ${formatNoun(hidden, 'earlier commit')}`)] : []),
  ];
}

interface Column {
  readonly head: string;
  readonly isNumber?: boolean;
  readonly of: (commit: TrendCommit) => string;
}

function startOf({ startedAt }: TrendCommit): string {
  return singleLine(startedAt).slice(0, 16).replace('T', ' ');
}

/** What the counts of a commit leave out. */
function noteOf(commit: TrendCommit | undefined, paint: Paint): string {
  const { seedsLost = 0, partsMissing = 0 } = commit ?? {};
  const notes = [
    ...(seedsLost === 0 ? [] : [`${formatNoun(seedsLost, 'seed')} lost`]),
    ...(partsMissing === 0 ? [] : [`${formatNoun(partsMissing, 'part')} missing`]),
  ];
  return notes.length === 0 ? '' : paint.unsure(`  ${notes.join(', ')}`);
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
