/** The head of the page: the scenario, the verdict, one plain sentence. */
import type { PageRun } from '../../../sim/report/page/page-data.js';
import { element, type Child } from '../page/dom.js';
import { formatCount, formatDuration } from '../page/format.js';

/** @param more what stands below the sentence */
export function masthead({ result, sentence }: PageRun, ...more: readonly Child[]): HTMLElement {
  const { plan, verdict } = result;
  return element(
    'header',
    { class: 'masthead' },
    element(
      'div',
      { class: 'title' },
      element('h1', {}, plan.scenario, ' ', element('span', { class: 'seed' }, `seed ${plan.seed}`)),
      element('p', { class: `verdict verdict-${verdict}` }, verdict),
    ),
    element('p', { class: `sentence sentence-${verdict}` }, sentence),
    ...more,
  );
}

/** Where and how long it ran. */
export function runFacts({ result: data }: PageRun): HTMLElement {
  const facts = [
    data.backend === 'real' ? 'real etcd behind Toxiproxy' : 'in-memory etcd',
    ...(data.virtualTimeMs === undefined
      ? []
      : [`${formatDuration(data.virtualTimeMs * 1000)} of virtual time`]),
    `${formatDuration(data.wallTimeMs * 1000)} of wall time`,
    `etcd-sim ${data.version}`,
  ];
  return element(
    'p',
    { class: 'facts' },
    facts.join(' · '),
    ...(data.trace === undefined
      ? []
      : [
          ` · ${formatCount(data.trace.events)} events · trace `,
          element('code', { class: 'trace-hash' }, data.trace.hash),
        ]),
  );
}
