/** The summary of a run of queues, in a few lines. */
import type { History } from '../../sim/history/history.js';
import type { SummaryLine } from '../../sim/scenario/scenario.js';

export function summarizeQueues(history: History): SummaryLine[] {
  const lines: SummaryLine[] = [];
  for (const name of ['enqueue', 'dequeue']) {
    const operations = history.operations.filter((operation) => operation.name === name);
    for (const kind of ['ok', 'failed', 'indefinite']) {
      const count = operations.filter(({ outcome }) => (outcome?.kind ?? 'indefinite') === kind).length;
      lines.push({ label: `${name}d ${kind}`, value: String(count) });
    }
  }
  return lines;
}
