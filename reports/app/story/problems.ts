/** What went wrong in the run itself. */
import type { DoubtKind, Problem, RunResult } from '../../../sim/run/run-result.js';
import { element, section, terms } from '../page/dom.js';
import { formatTime } from '../page/format.js';

/** Problems of the run itself; nothing if there are none. */
export function problems(data: RunResult): HTMLElement[] {
  if (data.problems.length === 0) return [];
  return [section('Problems', ...data.problems.map(problemItem))];
}

function problemItem(problem: Problem): HTMLElement {
  if (problem.kind === 'node-error') {
    const { node, error, timeUs, reasons = [] } = problem;
    return thrownItem(
      `${node} threw ${error.name} at ${formatTime(timeUs)}`,
      [error.message, ...reasons].join('; '),
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

const DOUBT_TITLES: Readonly<Record<DoubtKind, string>> = {
  pending: 'Ended too early',
  'not-sent': 'Not sent',
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
