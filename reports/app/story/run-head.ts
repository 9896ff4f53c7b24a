/** The head of a run's page: the scenario, the verdict, one plain sentence. */
import type { PageRun } from '../../../sim/report/page/page-data.js';
import { element, type Child } from '../page/dom.js';
import { formatCount, formatDuration } from '../page/format.js';
import { factLine, masthead } from '../page/masthead.js';

/** @param more what stands below the sentence */
export function runHead({ result, sentence }: PageRun, ...more: readonly Child[]): HTMLElement {
  const { plan, verdict } = result;
  return masthead({ title: plan.scenario, detail: `seed ${plan.seed}`, verdict, sentence }, ...more);
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
  return factLine(
    facts,
    ...(data.trace === undefined
      ? []
      : [
          ` · ${formatCount(data.trace.events)} events · trace `,
          element('code', { class: 'trace-hash' }, data.trace.hash),
        ]),
  );
}
