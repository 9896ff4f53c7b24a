/** The parts of the page around the timeline: verdict, findings, numbers, parameters, faults. */
import type { CheckResult } from '../../sim/check/check.js';
import type { DoubtKind, Problem, RunResult } from '../../sim/run/run-result.js';
import { endingText, hitsText, revisionText } from './details.js';
import { element, section, terms } from './dom.js';
import { formatCount, formatDuration, formatTime } from './format.js';
import { replayBox } from './replay.js';

/** The scenario, the verdict and the replay command. */
export function header(data: RunResult): HTMLElement {
  const { plan, verdict, trace } = data;
  const facts = [
    data.backend === 'real' ? 'real etcd behind Toxiproxy' : 'in-memory etcd',
    ...(data.virtualTimeMs === undefined
      ? []
      : [`${formatDuration(data.virtualTimeMs * 1000)} of virtual time`]),
    `${formatDuration(data.wallTimeMs * 1000)} of wall time`,
    `etcd-sim ${data.version}`,
  ];
  return element(
    'header',
    { class: 'masthead' },
    element('p', { class: `verdict verdict-${verdict}` }, verdict),
    element('h1', {}, plan.scenario, ' ', element('span', { class: 'seed' }, `seed ${plan.seed}`)),
    element('p', { class: 'facts' }, facts.join(' · ')),
    ...(trace === undefined
      ? []
      : [
          element(
            'p',
            { class: 'facts' },
            'trace ',
            element('code', { class: 'trace-hash' }, trace.hash),
            ` · ${formatCount(trace.events)} events`,
          ),
        ]),
    replayBox(data.replay),
  );
}

/** Every check, violated ones first. @param show brings an operation into view */
export function checks(data: RunResult, show: (id: string) => void): HTMLElement {
  const rank = { violated: 0, inconclusive: 1, satisfied: 2 };
  const sorted = [...data.checks].sort((a, b) => rank[a.verdict] - rank[b.verdict]);
  return section(
    'Checks',
    data.checks.length === 0
      ? element('p', { class: 'quiet' }, 'This scenario has no checks.')
      : element('ul', { class: 'checks' }, ...sorted.map((check) => checkItem(check, data, show))),
  );
}

const MARKS = { satisfied: '✓', violated: '✗', inconclusive: '?' } as const;
const WITNESSES_MAX = 20;

function checkItem(check: CheckResult, data: RunResult, show: (id: string) => void): HTMLElement {
  return element(
    'li',
    { class: `check check-${check.verdict}` },
    element('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[check.verdict]),
    element(
      'div',
      {},
      element('span', { class: 'check-name' }, check.check),
      element('span', { class: 'visually-hidden' }, ` ${check.verdict}. `),
      element('span', { class: 'quiet' }, check.description),
      ...findingOf(check, data, show),
    ),
  );
}

function findingOf(check: CheckResult, data: RunResult, show: (id: string) => void): HTMLElement[] {
  if (check.verdict === 'satisfied') return [];
  if (check.verdict === 'inconclusive') return [element('p', { class: 'finding' }, check.reason)];
  const hidden = check.operations.length - WITNESSES_MAX;
  return [
    element('p', { class: 'finding' }, check.message),
    element(
      'ul',
      { class: 'witnesses' },
      ...check.operations.slice(0, WITNESSES_MAX).map((id) => witnessItem(id, data, show)),
      ...(hidden > 0
        ? [element('li', { class: 'quiet' }, `and ${formatCount(hidden)} more operations`)]
        : []),
      ...check.revisions
        .slice(0, WITNESSES_MAX)
        .map((revision) => element('li', {}, `revision ${revisionText(revision, data)}`)),
    ),
  ];
}

function witnessItem(id: string, data: RunResult, show: (id: string) => void): HTMLElement {
  const operation = data.operations.find((candidate) => candidate.id === id);
  if (operation === undefined) return element('li', {}, `${id}: not in the history`);
  const link = element(
    'button',
    { type: 'button', class: 'witness' },
    `${operation.node} ${operation.name} ${id}`,
  );
  link.addEventListener('click', () => show(id));
  const input = operation.input === null ? '' : JSON.stringify(operation.input);
  return element(
    'li',
    {},
    link,
    element('code', {}, input),
    element('span', { class: 'quiet' }, `${formatTime(operation.invoke.timeUs)}, ${endingText(operation)}`),
  );
}

/** Problems of the run itself; nothing if there are none. */
export function problems(data: RunResult): HTMLElement[] {
  if (data.problems.length === 0) return [];
  return [section('Problems', ...data.problems.map(problemItem))];
}

function problemItem(problem: Problem): HTMLElement {
  if (problem.kind === 'node-error') {
    const { name, message } = problem.error;
    return thrownItem(
      `${problem.node} threw ${name} at ${formatTime(problem.timeUs)}`,
      message,
      [...(problem.difference === undefined ? [] : [problem.difference]), problem.stack].join('\n'),
    );
  }
  if (problem.kind === 'scenario-error') {
    return thrownItem('A mistake in the scenario', problem.message, problem.stack);
  }
  if (!('waiting' in problem)) {
    return element(
      'div',
      { class: 'problem problem-doubt' },
      element('h3', {}, DOUBT_TITLES[problem.kind]),
      element('p', { class: 'finding' }, problem.message),
    );
  }
  return element(
    'div',
    { class: `problem problem-${problem.kind}` },
    element('h3', {}, PROBLEM_TITLES[problem.kind]),
    element('p', { class: 'finding' }, problem.message),
    element('ul', { class: 'waiting' }, ...problem.waiting.map((line) => element('li', {}, line))),
  );
}

/** The message and place of an error that code threw. */
function thrownItem(title: string, message: string, stack: string): HTMLElement {
  return element(
    'div',
    { class: 'problem' },
    element('h3', {}, title),
    element('p', { class: 'finding' }, message),
    ...(stack === '' ? [] : [element('pre', { tabindex: '0', 'aria-label': 'Stack' }, stack)]),
  );
}

/** Planned operations that nodes skipped, with their reasons; nothing if there are none. */
export function skips({ skips: all = [] }: RunResult): HTMLElement[] {
  if (all.length === 0) return [];
  return [
    section('Skipped', terms(all.map(({ operation, reason }) => ({ label: operation, value: reason })))),
  ];
}

/** The scenario's own lines. */
export function summary(data: RunResult): HTMLElement[] {
  if (data.summary.length === 0) return [];
  return [
    section(
      'Summary',
      terms(data.summary.map(({ label, value }) => ({ label, value, number: /^-?[\d.,]+$/.test(value) }))),
    ),
  ];
}

export function counters(data: RunResult): HTMLElement[] {
  const counted = Object.entries(data.counters);
  if (counted.length === 0) return [];
  return [
    section(
      'Counters',
      terms(counted.map(([label, count]) => ({ label, value: formatCount(count), number: true }))),
    ),
  ];
}

/** Everything that was drawn or chosen before the run. */
export function parameters({ plan, backend }: RunResult): HTMLElement {
  const { oneWayDelayMinUs, oneWayDelayMaxUs } = plan.network;
  const delay = `${formatDuration(oneWayDelayMinUs)} to ${formatDuration(oneWayDelayMaxUs)}`;
  return section(
    'Parameters',
    terms([
      { label: 'seed', value: String(plan.seed), number: true },
      ...Object.entries(plan.options).map(([label, value]) => ({
        label,
        value: String(value),
        number: typeof value === 'number',
      })),
      { label: 'nodes', value: formatCount(plan.nodes.length), number: true },
      { label: 'members', value: plan.members.join(', ') },
      // A real etcd of the default version may be an installed or a given one, of any version.
      ...(backend === 'simulated' || plan.etcdVersion !== '3.6'
        ? [{ label: 'etcd', value: plan.etcdVersion }]
        : []),
      ...(backend === 'simulated' ? [{ label: 'one-way delay', value: delay }] : []),
    ]),
  );
}

/** The faults of the plan and what each of them touched. */
export function faults(data: RunResult): HTMLElement {
  if (data.faults.length === 0)
    return section('Faults', element('p', { class: 'quiet' }, 'None in this run.'));
  const rows = data.faults.map((fault) => {
    const { startedUs, endedUs } = fault;
    const began = startedUs === undefined ? 'never' : formatTime(startedUs);
    const lasted =
      startedUs === undefined
        ? ''
        : endedUs === undefined
          ? 'to the end'
          : formatDuration(endedUs - startedUs);
    return element(
      'tr',
      { class: fault.hits === 0 ? 'idle' : undefined },
      element('td', { class: 'number' }, began),
      element('td', { class: 'number' }, lasted),
      element('td', { class: 'number', title: hitsText(fault.hits) }, formatCount(fault.hits)),
      element('td', {}, element('span', { class: 'fault-kind' }, fault.kind)),
      element('td', {}, fault.text),
    );
  });
  const head = ['Began', 'Lasted', 'Hits', 'Kind', 'What'].map((title, index) =>
    element('th', { scope: 'col', class: index < 3 ? 'number' : undefined }, title),
  );
  return section(
    'Faults',
    element(
      'div',
      { class: 'table' },
      element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows)),
    ),
  );
}

const DOUBT_TITLES: Readonly<Record<DoubtKind, string>> = {
  pending: 'Ended too early',
  'not-performed': 'Not performed',
  'performed-twice': 'Performed twice',
  unplanned: 'Not planned',
  'nothing-succeeded': 'Nothing succeeded',
  'foreign-client': 'Client of another node',
  'foreign-etcd': 'Another etcd',
  'outside-prefix': 'Outside the prefix',
  'never-healed': 'A fault by hand that was still on',
  'ambiguous-key': 'Two keys with one name',
};

const PROBLEM_TITLES = {
  deadlock: 'Deadlock',
  liveness: 'No progress',
  budget: 'Out of budget',
} as const;
