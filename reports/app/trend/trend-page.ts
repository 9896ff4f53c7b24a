/** The page of a trend: failures and marks commit by commit, the newest commit first. */
import type {
  Share,
  Trend,
  TrendFailure,
  TrendMark,
  TrendPage,
} from '../../../sim/report/page/trend-data.js';
import { element, section, type Child } from '../page/dom.js';
import { formatCount } from '../page/format.js';
import { factLine, masthead } from '../page/masthead.js';
import { replayBox } from '../story/replay.js';

/** Columns that a page has room for. */
const COMMITS_MAX = 30;

export function trendPage({ trend, version }: TrendPage): HTMLElement {
  const main = element('main', {}, head(trend, version), commitSection(trend));
  const [open, past] = [trend.failures.filter(isOpen), trend.failures.filter((one) => !isOpen(one))];
  main.append(
    section(
      'Failures',
      ...(open.length === 0
        ? [element('p', { class: 'quiet' }, 'None in the newest sweeps.')]
        : [matrix(open.map(failureRow), trend), ...open.map(failureBox)]),
    ),
  );
  if (past.length > 0) {
    main.append(
      section('Not in the newest sweeps', matrix(past.map(failureRow), trend), ...past.map(failureBox)),
    );
  }
  main.append(...markSections(trend));
  return main;
}

/** Whether the newest sweep of its scenario has it. */
function isOpen({ state }: TrendFailure): boolean {
  return state === 'new' || state === 'back' || state === 'open';
}

function head({ commits, failures }: Trend, version: string): HTMLElement {
  const seeds = commits.reduce((sum, { seedsRun }) => sum + seedsRun, 0);
  const open = failures.filter(isOpen);
  const fresh = open.filter(({ state }) => state === 'new').length;
  const verdict = open.length > 0 ? 'violated' : 'satisfied';
  const kinds = `${formatCount(open.length)} ${open.length === 1 ? 'kind' : 'kinds'} of failure`;
  const sentence =
    open.length === 0
      ? 'The newest sweeps have no failure.'
      : `The newest sweeps have ${kinds}, ${fresh === 0 ? 'none' : formatCount(fresh)} new.`;
  const [first, last] = [commits[0], commits.at(-1)];
  const span = first === undefined || last === undefined ? [] : [`${day(first)} to ${day(last)}`];
  return masthead(
    { title: 'Trend', detail: `${formatCount(commits.length)} commits`, verdict, sentence },
    factLine([`${formatCount(seeds)} seeds`, ...span, `etcd-sim ${version}`]),
  );
}

function day({ startedAt }: { readonly startedAt: string }): string {
  return startedAt.slice(0, 10);
}

/** A row of a matrix: a name, and a share for each commit. */
interface MatrixRow {
  readonly name: readonly Child[];
  readonly shares: readonly (Share | null)[];
  /** Whether many are good, as for marks, or bad. */
  readonly isGood: boolean;
  /** Where they are not seeds. */
  readonly unit?: string;
}

function failureRow({ scenario, signature, state, shares }: TrendFailure): MatrixRow {
  const badge = element('span', { class: `state state-${state.replace(' ', '-')}` }, state);
  return { name: [badge, ' ', scenario, ' · ', signature], shares, isGood: false };
}

function markRow({ scenario, mark, shares }: TrendMark): MatrixRow {
  return { name: [scenario, ' · ', mark], shares, isGood: true };
}

/** A number says how many; the shade says how large a share, in four steps. */
function matrix(rows: readonly MatrixRow[], { commits }: Trend): HTMLElement {
  const from = Math.max(0, commits.length - COMMITS_MAX);
  const newestFirst = <T>(all: readonly T[]) => all.slice(from).reverse();
  return element(
    'div',
    { class: 'table matrix' },
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'col' }, from === 0 ? '' : `without ${formatCount(from)} older commits`),
          ...newestFirst(commits).map((commit) =>
            element(
              'th',
              { scope: 'col', class: 'commit', title: `${commit.commit}, ${day(commit)}` },
              commit.commit.slice(0, 7),
            ),
          ),
        ),
      ),
      element(
        'tbody',
        {},
        ...rows.map(({ name, shares, isGood, unit }) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, ...name),
            ...newestFirst(shares).map((share) => cell(share, isGood, unit)),
          ),
        ),
      ),
    ),
  );
}

function cell(share: Share | null, isGood: boolean, unit?: string): HTMLElement {
  if (share === null) return element('td', { class: 'share share-none', title: 'did not run' }, '–');
  const { seeds, of } = share;
  const title =
    unit === undefined
      ? `${formatCount(seeds)} of ${formatCount(of)} seeds`
      : `${formatCount(seeds)} ${unit}`;
  const step = of === 0 || seeds === 0 ? 0 : seeds * 100 < of ? 1 : seeds * 10 < of ? 2 : 3;
  const kind = isGood ? 'reached' : 'failed';
  return element('td', { class: `share ${kind}-${step}`, title }, formatCount(seeds));
}

function commitSection(trend: Trend): HTMLElement {
  const count = (of: (commit: Trend['commits'][number]) => number): Share[] =>
    trend.commits.map((commit) => ({ seeds: of(commit), of: commit.seedsRun }));
  const lost = count(({ seedsLost }) => seedsLost);
  const missing = count(({ partsMissing }) => partsMissing);
  return section(
    'Commits',
    matrix(
      [
        { name: ['seeds run'], shares: count(({ seedsRun }) => seedsRun), isGood: true },
        { name: ['seeds failed'], shares: count(({ seedsFailed }) => seedsFailed), isGood: false },
        ...(lost.some(({ seeds }) => seeds > 0)
          ? [{ name: ['seeds lost'], shares: lost, isGood: false }]
          : []),
        ...(missing.some(({ seeds }) => seeds > 0)
          ? [{ name: ['parts missing'], shares: missing, isGood: false, unit: 'parts' }]
          : []),
      ],
      trend,
    ),
  );
}

function failureBox({
  scenario,
  signature,
  verdict,
  message,
  replay,
  state,
  seedsSince,
}: TrendFailure): HTMLElement {
  const since =
    state === 'gone'
      ? `Gone: none of the ${formatCount(seedsSince)} seeds since has it.`
      : state === 'not seen'
        ? `None of the ${formatCount(seedsSince)} seeds since has it. That is too few to tell.`
        : undefined;
  return element(
    'details',
    { class: `kind kind-${verdict}`, open: state === 'new' || state === 'back' },
    element('summary', {}, `${scenario} · ${signature}`),
    element('p', { class: 'finding' }, message),
    ...(since === undefined ? [] : [element('p', { class: 'quiet' }, since)]),
    replayBox(replay),
  );
}

function markSections(trend: Trend): HTMLElement[] {
  const { marks } = trend;
  const lost = marks.filter(({ isLost }) => isLost);
  const never = marks.filter(({ shares }) => shares.every((share) => share === null || share.seeds === 0));
  if (marks.length === 0) return [];
  return [
    section(
      'Marks',
      ...(lost.length === 0
        ? [element('p', { class: 'quiet' }, 'Every mark that was reached is still reached.')]
        : [element('p', {}, element('strong', {}, 'No longer reached')), matrix(lost.map(markRow), trend)]),
      ...(never.length === 0
        ? []
        : [
            element('p', {}, element('strong', {}, 'Never reached')),
            element(
              'ul',
              { class: 'never-reached' },
              ...never.map(({ scenario, mark }) => element('li', {}, `${scenario} · ${mark}`)),
            ),
          ]),
      element(
        'details',
        { class: 'counts' },
        element('summary', {}, `All ${formatCount(marks.length)} marks`),
        matrix(marks.map(markRow), trend),
      ),
    ),
  ];
}
