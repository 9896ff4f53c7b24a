/** What must hold of every watch, by etcd's log. */
import type { Check, Finding } from '../../sim/check/check.js';
import { checkWatch, type ToldWatch } from '../../sim/check/watch.js';
import type { WatchInput } from './plan.js';

export const watchChecks: readonly Check[] = [
  {
    name: 'told-all',
    description:
      'A watcher is told every change from where it began, in order, once, whole revisions at a time, with what was there before; when it is told how far it has come, all up to there.',
    check({ log, operations, compactions = [] }): Finding {
      for (const { id, name, input, outcome } of operations) {
        if (name !== 'watch' || outcome?.kind !== 'ok') continue;
        const { target, onlyPuts, beginsLateMs } = input as unknown as WatchInput;
        const { after, batches, bookmarks, resumedBefore } = outcome.output as unknown as Pick<
          ToldWatch,
          'batches' | 'bookmarks' | 'resumedBefore'
        > & { readonly after: number };
        const finding = checkWatch(log, {
          ...{ id, onlyPuts, batches, bookmarks, resumedBefore },
          compactedTo: Math.max(0, ...compactions),
          matches: (key) => (target.isPrefix ? key.startsWith(target.key) : key === target.key),
          start: beginsLateMs === null ? { kind: 'now' } : { kind: 'from', revision: after + 1 },
        });
        if (finding.verdict !== 'satisfied') return finding;
      }
      return { verdict: 'satisfied' };
    },
  },
];
