/** Numbers of a run: the scenario's own, the counters, what was drawn, the faults. */
import type { PageRun } from '../../../sim/report/page/page-data.js';
import type { RunResult } from '../../../sim/run/run-result.js';
import { hitsText } from '../diagram/details.js';
import { element, section, table, terms } from '../page/dom.js';
import { formatCount, formatDuration, formatTime } from '../page/format.js';

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
export function parameters({ parameters: rows }: PageRun): HTMLElement {
  return section(
    'Parameters',
    terms(rows.map(({ label, value }) => ({ label, value, number: /^-?[\d.,]+$/.test(value) }))),
  );
}

/** The faults of the plan and what each of them touched. */
export function faults(data: RunResult): HTMLElement {
  if (data.faults.length === 0)
    return section('Faults', element('p', { class: 'quiet' }, 'None in this run.'));
  const rows = data.faults.map(({ startedUs, endedUs, hits, kind, text }) => {
    const lasted =
      startedUs === undefined
        ? ''
        : endedUs === undefined
          ? 'to the end'
          : formatDuration(endedUs - startedUs);
    return {
      class: hits === 0 ? 'idle' : undefined,
      cells: [
        startedUs === undefined ? 'never' : formatTime(startedUs),
        lasted,
        element('span', { title: hitsText(hits) }, formatCount(hits)),
        element('span', { class: 'fault-kind' }, kind),
        text,
      ],
    };
  });
  return section(
    'Faults',
    table(
      [
        { title: 'Began', number: true },
        { title: 'Lasted', number: true },
        { title: 'Hits', number: true },
        { title: 'Kind' },
        { title: 'What' },
      ],
      rows,
    ),
  );
}
