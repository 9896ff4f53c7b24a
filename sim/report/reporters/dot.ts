/**
 * A character for each seed while the sweep runs, and then the text of the terminal: `.` holds, `x` is violated, `?` shows
 * too little, `-` was blocked by faults, `!` is lost.
 */
import { isLost, type SeedRecord } from '../../explore/seed-record.js';
import type { Reporter, ReporterHost } from '../reporter.js';

/** @param text what the terminal says of a scenario */
export function dotReporter(host: ReporterHost, text: Reporter): Reporter {
  let column = 0;
  const endLine = () => {
    if (column > 0) host.write('\n');
    column = 0;
  };
  return {
    seed(record) {
      host.write(signOf(record));
      column++;
      if (column >= host.width) endLine();
    },
    async scenario(report) {
      endLine();
      await text.scenario?.(report);
    },
  };
}

function signOf(record: SeedRecord): string {
  if (isLost(record)) return '!';
  if (record.blocked === true) return '-';
  const verdict = record.finding?.verdict;
  return verdict === undefined ? '.' : verdict === 'violated' ? 'x' : '?';
}
