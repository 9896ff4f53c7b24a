/** The rules of every watch, over etcd's log. */
import type { Check } from '../../sim/check/check.js';
import { checks, type Performed } from '../../sim/check/ready/index.js';
import type { WatchInput, WatchOutput } from './plan.js';

type Told = Performed<WatchInput, WatchOutput>;

export const watchChecks: readonly Check[] = [
  checks.watchGuarantees({
    name: 'told-all',
    watch: 'watch',
    watched({ input: { target } }: Told) {
      return (key) => (target.isPrefix ? key.startsWith(target.key) : key === target.key);
    },
    events: ({ output }: Told) => output.batches,
    from: ({ input, output }: Told) =>
      input.beginsLateMs === null ? null : output.after + 1 + (input.ahead ?? 0),
    onlyPuts: ({ input }: Told) => input.onlyPuts,
    bookmarks: ({ output }: Told) => output.bookmarks,
    resumedBefore: ({ output }: Told) => output.resumedBefore,
  }),
];
