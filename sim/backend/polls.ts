/**
 * A waiter that asks for one key again and again. Invariant: it has received the same answer every time, and has done
 * nothing else in between.
 */
import type { Call } from '../history/calls.js';

export interface Poll {
  readonly key: string;
  /** How many answers in a row were the same. */
  readonly times: number;
  /** The revision of the version that it gets; undefined if the key is not there. */
  readonly revision?: number;
}

/** Fewer may be chance. */
const TIMES_MIN = 5;

/** @param calls of one operation, or of a node outside of any, in the order in which they were sent */
export function pollOf(calls: readonly Call[]): Poll | undefined {
  let poll: Poll | undefined;
  for (const call of calls.toReversed()) {
    if (call.method.startsWith('Lease.') || !call.answered) continue;
    const seen = seenBy(call);
    if (seen === undefined) break;
    if (poll !== undefined && (seen.key !== poll.key || seen.revision !== poll.revision)) break;
    poll = { ...seen, times: (poll?.times ?? 0) + 1 };
  }
  return poll !== undefined && poll.times >= TIMES_MIN ? poll : undefined;
}

/** The one key that the call only asked for, by a read or by a comparison that failed. */
function seenBy({ wrote, watches, looks, reads, failed }: Call): Omit<Poll, 'times'> | undefined {
  if (wrote !== undefined || watches.length > 0) return undefined;
  const [look, another] = looks;
  if (failed !== undefined) return versionOf(failed.key, failed.revision);
  if (look === undefined || another !== undefined || look.rangeEnd !== undefined) return undefined;
  return versionOf(look.key, reads.find(({ key }) => key === look.key)?.revision);
}

function versionOf(key: string, revision: number | undefined): Omit<Poll, 'times'> {
  return { key, ...(revision === undefined ? {} : { revision }) };
}
