/** The checks of a run, and what shows that one is violated. */
import type { CheckResult } from '../../../sim/check/check.js';
import type { RunResult } from '../../../sim/run/run-result.js';
import { endingText, revisionText } from '../diagram/details.js';
import { element, section } from '../page/dom.js';
import { formatCount, formatTime } from '../page/format.js';

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
