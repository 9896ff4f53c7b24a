/** The two long lists of a run: what happened, in words, and the raw trace of its events. */
import type { EventTable } from '../../../sim/history/recording.js';
import { describeHappening } from '../../../sim/moment/describe-happening.js';
import type { Happening } from '../../../sim/moment/happenings.js';
import type { Messages } from '../../../sim/moment/messages.js';
import { countBelow } from '../../../sim/moment/search.js';
import type { ShownRun } from '../data/unpack.js';
import { formatCount, formatTime } from '../page/format.js';
import type { LongList } from './paged-table.js';

/** The same as the diagram, as a table. */
export function happeningList(
  happenings: readonly Happening[],
  run: ShownRun,
  messages: Messages | undefined,
): LongList {
  const times = happenings.map(({ timeUs }) => timeUs);
  return {
    heads: [{ title: 'At', number: true }, { title: 'Who' }, { title: 'What' }],
    count: happenings.length,
    cells(row) {
      const happening = happenings[row];
      if (happening === undefined) return [];
      const { actor, text } = describeHappening(happening, run, messages);
      return [formatTime(happening.timeUs), actor, text];
    },
    rowAt: (timeUs) => countBelow(times, timeUs),
  };
}

/** @param total how many events the run had, of which the last are on the page */
export function eventList(events: EventTable, actors: readonly string[], total: number): LongList {
  const { timeUs: times, label, number, node, labels } = events;
  const skipped = Math.max(0, total - times.length);
  return {
    heads: [
      { title: 'Event', number: true },
      { title: 'At', number: true },
      { title: 'Code of' },
      { title: 'Label' },
    ],
    count: times.length,
    cells(row) {
      const ending = number[row] ?? -1;
      return [
        formatCount(skipped + row + 1),
        formatTime(times[row] ?? 0),
        actors[node[row] ?? -1] ?? '',
        `${labels[label[row] ?? 0] ?? ''}${ending === -1 ? '' : ending}`,
      ];
    },
    rowAt: (timeUs) => countBelow(times, timeUs),
  };
}
