/** The rules of every double barrier, over its members' results. */
import type { Check, Finding } from '../../sim/check/check.js';
import { checks } from '../../sim/check/ready/index.js';
import type { History, Operation } from '../../sim/history/history.js';
import type { DoubleBarrierOptions } from './plan.js';

export function doubleBarrierChecks({ count }: Pick<DoubleBarrierOptions, 'count'>): readonly Check[] {
  return [
    checks.doubleBarrier({
      name: 'together',
      ...{ enter: 'enter', leave: 'leave', quit: 'close', count },
    }),
    {
      name: 'let-in-full',
      description: `A double barrier opens only while ${count} keys are present.`,
      check: (history) => letInFull(history, count),
    },
    {
      name: 'nobody-left',
      description: 'At the end no node waits or is inside, and the barrier is closed.',
      check: nothingLeft,
    },
  ];
}

/** Whether the node's key may have outlived the operation until its lease ended. */
function lostItsSession({ outcome }: Operation): boolean {
  if (outcome?.kind === 'ok') return false;
  return outcome?.kind !== 'failed' || outcome.error.name === 'SessionLostError';
}

const KEY = /^(.*)\/(ready|waiters\/\d+)$/;

/** Every put of a key that lets members in, with the members that were there then. */
function letInFull({ log }: History, count: number): Finding {
  const waiters = new Map<string, Set<string>>();
  for (const { revision, events } of log) {
    for (const { type, key } of events) {
      const [, barrier, what] = KEY.exec(key) ?? [];
      if (barrier === undefined) continue;
      const there = waiters.get(barrier) ?? new Set();
      waiters.set(barrier, there);
      if (what !== 'ready') {
        if (type === 'put') there.add(key);
        else there.delete(key);
      } else if (type === 'put' && there.size < count) {
        return {
          verdict: 'violated',
          message: `revision ${revision} opens ${barrier} with only ${there.size} of ${count} keys present`,
          operations: [],
          revisions: [revision],
        };
      }
    }
  }
  return { verdict: 'satisfied' };
}

function nothingLeft({ log, operations }: History): Finding {
  // The key of a lost session stays until its lease has ended, perhaps after the run.
  if (operations.some(lostItsSession)) return { verdict: 'satisfied' };
  const left = new Map<string, number>();
  for (const { revision, events } of log) {
    for (const { type, key } of events) {
      if (type === 'delete') left.delete(key);
      // The key that lets members in may outlive a round whose last one closed its session: the next round
      // removes it.
      else if (KEY.test(key) && !key.endsWith('/ready')) left.set(key, revision);
    }
  }
  const [first] = left;
  if (first === undefined) return { verdict: 'satisfied' };
  const [key, revision] = first;
  return { verdict: 'violated', message: `${key} is left`, operations: [], revisions: [revision] };
}
