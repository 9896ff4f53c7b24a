/** The page of a sweep: failures by their kinds, the seeds that hold in one line, the marks that were never reached. */
import type { KindOfFailure, SweepPage, SweptScenario } from '../../../sim/report/page/sweep-data.js';
import { element, section, table, type Child } from '../page/dom.js';
import { formatCount, formatDuration, formatRate } from '../page/format.js';
import { factLine, masthead } from '../page/masthead.js';
import { replayBox } from '../story/replay.js';
import { histogram, inWords } from './histogram.js';

export function sweepPage({ scenarios, version }: SweepPage): HTMLElement {
  const [first, ...others] = scenarios;
  const main = element('main', {}, ...(first === undefined ? [] : [head(scenarios, version)]));
  for (const swept of scenarios) main.append(...scenarioParts(swept, others.length > 0));
  return main;
}

function head(scenarios: readonly SweptScenario[], version: string): HTMLElement {
  const verdict = (['violated', 'inconclusive', 'satisfied'] as const).find((one) =>
    scenarios.some((swept) => swept.verdict === one),
  );
  const sum = (of: (swept: SweptScenario) => number) =>
    scenarios.reduce((total, swept) => total + of(swept), 0);
  const seeds = sum(({ seedsRun }) => seedsRun);
  const kinds = sum(({ failures }) => failures.length);
  const wallTimeMs = sum((swept) => swept.wallTimeMs);
  const names = scenarios.map(({ scenario }) => scenario);
  return masthead(
    {
      title: names.length === 1 ? (names[0] ?? '') : `${formatCount(names.length)} scenarios`,
      detail: `${formatCount(seeds)} seeds`,
      verdict: verdict ?? 'satisfied',
      sentence: sentence(scenarios, seeds, kinds),
    },
    factLine([
      `${formatDuration(wallTimeMs * 1000)} of wall time`,
      `${formatRate(seeds, wallTimeMs)} seeds per second`,
      `etcd-sim ${version}`,
    ]),
  );
}

function sentence(scenarios: readonly SweptScenario[], seeds: number, kinds: number): string {
  const failed = scenarios.reduce(
    (sum, { failures }) => sum + failures.reduce((own, { seedCount }) => own + seedCount, 0),
    0,
  );
  if (failed === 0) return `All ${formatCount(seeds)} seeds hold.`;
  return `${formatCount(failed)} of ${formatCount(seeds)} seeds fail, in ${formatCount(kinds)} ${kinds === 1 ? 'way' : 'different ways'}.`;
}

function scenarioParts(swept: SweptScenario, isOneOfMany: boolean): HTMLElement[] {
  const { failures, scenario } = swept;
  return [
    ...(isOneOfMany
      ? [
          element(
            'h2',
            { class: 'scenario-name' },
            scenario,
            ' ',
            element('span', { class: `verdict verdict-${swept.verdict}` }, swept.verdict),
          ),
        ]
      : []),
    ...(failures.length === 0 ? [] : [section('Failures', ...failures.map(kindBox))]),
    held(swept),
    marks(swept),
    ...unknown(swept),
  ];
}

/** The smallest repro comes first, then the seeds. */
function kindBox({
  signature,
  verdict,
  message,
  seedCount,
  seeds,
  replays,
  smallest,
}: KindOfFailure): HTMLElement {
  const [first] = replays;
  const shown = smallest?.replay ?? first;
  const commands = smallest === undefined ? replays.slice(1) : replays;
  return element(
    'article',
    { class: `kind kind-${verdict}` },
    element(
      'h3',
      {},
      signature,
      ' ',
      element(
        'span',
        { class: 'quiet' },
        `${formatCount(seedCount)} ${seedCount === 1 ? 'seed' : 'seeds'}${verdict === 'inconclusive' ? ', inconclusive' : ''}`,
      ),
    ),
    element('p', { class: 'finding' }, message),
    ...(smallest === undefined
      ? []
      : [
          element(
            'p',
            { class: 'quiet' },
            `The smallest run that fails so: ${smallest.size}. `,
            ...(smallest.page === undefined ? [] : [element('a', { href: smallest.page }, 'Its report')]),
          ),
        ]),
    ...(shown === undefined ? [] : [replayBox(shown)]),
    element(
      'details',
      { class: 'counts' },
      element('summary', {}, seedList(seeds, seedCount)),
      element('ul', {}, ...commands.map((command) => element('li', {}, element('code', {}, command)))),
    ),
  );
}

const SEEDS_SHOWN = 12;

function seedList(seeds: readonly number[], count: number): string {
  const shown = seeds.slice(0, SEEDS_SHOWN).join(', ');
  const rest = count - Math.min(seeds.length, SEEDS_SHOWN);
  return `${count === 1 ? 'Seed' : 'Seeds'} ${shown}${rest > 0 ? ` and ${formatCount(rest)} more` : ''}`;
}

/** A line has room for so many distributions; the pictures are of all. */
const IN_WORDS_MAX = 3;

/** One line, which opens to pictures. */
function held({ satisfied, distributions, seedsRun, wallTimeMs }: SweptScenario): HTMLElement {
  const words = [
    ...distributions
      .slice(0, IN_WORDS_MAX)
      .map(inWords)
      .filter((text) => text !== ''),
    `${formatRate(seedsRun, wallTimeMs)} seeds per second`,
  ];
  const line: Child[] = [
    element('strong', {}, `${formatCount(satisfied)} ${satisfied === 1 ? 'seed holds' : 'seeds hold'}`),
    element('span', { class: 'quiet' }, ` · ${words.join(' · ')}`),
  ];
  if (satisfied === 0) return section('What holds', element('p', { class: 'quiet' }, 'No seed.'));
  return section(
    'What holds',
    element(
      'details',
      { class: 'held' },
      element('summary', {}, ...line),
      element('div', { class: 'histograms' }, ...distributions.map(histogram)),
    ),
  );
}

/** Reached by at most one seed in so many. */
const RARE = 20;

function marks({ marks: all }: SweptScenario): HTMLElement {
  const never = all.filter(({ reached }) => reached === 0);
  const rare = all.filter(({ reached, possible }) => reached > 0 && reached * RARE <= possible);
  const rows = all.map(({ mark, reached, possible }) => ({
    class: reached === 0 ? 'never' : undefined,
    cells: [mark, formatCount(reached), formatCount(possible)],
  }));
  return section(
    'Marks',
    ...(never.length === 0
      ? [element('p', { class: 'quiet' }, 'Every mark was reached.')]
      : [
          element('p', {}, element('strong', {}, 'Never reached')),
          element(
            'ul',
            { class: 'never-reached' },
            ...never.map(({ mark, possible }) =>
              element(
                'li',
                {},
                mark,
                element(
                  'span',
                  { class: 'quiet' },
                  `, possible in ${formatCount(possible)} ${possible === 1 ? 'seed' : 'seeds'}`,
                ),
              ),
            ),
          ),
        ]),
    ...(rare.length === 0
      ? []
      : [element('p', { class: 'quiet' }, `Rarely: ${rare.map(({ mark }) => mark).join(', ')}.`)]),
    element(
      'details',
      { class: 'counts' },
      element('summary', {}, `All ${formatCount(all.length)} marks`),
      table([{ title: 'Mark' }, { title: 'Seeds', number: true }, { title: 'Of', number: true }], rows),
    ),
  );
}

/** Seeds about which the sweep says nothing. */
function unknown({ blocked, lost, endedEarly, seedsPlanned, seedsRun }: SweptScenario): HTMLElement[] {
  const lines = [
    ...(endedEarly
      ? [`It ended early: ${formatCount(seedsPlanned - seedsRun - lost.length)} seeds have not run.`]
      : []),
    ...(blocked === 0 ? [] : [`In ${formatCount(blocked)} seeds faults let nothing succeed.`]),
    ...lost.map(({ seed, how }) => `Seed ${seed} is lost: its process ended with ${how}.`),
  ];
  if (lines.length === 0) return [];
  return [section('Not known', ...lines.map((line) => element('p', {}, line)))];
}
