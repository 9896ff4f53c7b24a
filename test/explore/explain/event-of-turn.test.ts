/** The event that a story names as the one that decides. */
import { expect, it } from 'vitest';
import type { HappenedEvent } from '../../../sim/engine/steps.js';
import { eventOf } from '../../../sim/explore/explain/explain.js';
import type { RunResult } from '../../../sim/run/run-result.js';
import { OBSERVER } from '../../../sim/scenario/expect-nodes.js';

const LOG = `link/${OBSERVER}-m1`;
const watchOfLog = [LOG, '/etcdserverpb.Watch/Watch#2'] as const;
const putOfBody = [LOG, '/etcdserverpb.KV/Put#7'] as const;
const ofNode = ['link/n1-m1', '/etcdserverpb.KV/Put#8'] as const;

/** The number of the event, for events in this order and a turn between two of them. */
function numberOf(kinds: readonly (readonly [string, string])[], before: number, at: number, after = at) {
  const events = kinds.map(([chain, label], index): HappenedEvent => ({
    number: index + 1,
    timeUs: index,
    label,
    chain,
    node: undefined,
  }));
  const count = (after: number) => ({ events: after, failed: 0, of: 10 });
  const turn = {
    kind: 'jump',
    before: count(before),
    at: count(at),
    after: count(after),
    isExact: true,
  } as const;
  const result = { plan: { members: ['m1'] } } as unknown as RunResult;
  return eventOf(turn, { events, result })?.number;
}

it('is the one of the turn', () => {
  expect(numberOf([ofNode, ofNode, ofNode], 1, 2)).toBe(2);
  expect(numberOf([ofNode, putOfBody, ofNode], 1, 2)).toBe(2);
});

it('is another near it if that one belongs to the watch of the log', () => {
  expect(numberOf([ofNode, ofNode, watchOfLog, ofNode], 1, 3, 4)).toBe(2);
  expect(numberOf([ofNode, watchOfLog, ofNode], 1, 2, 3)).toBe(3);
  expect(numberOf([ofNode, watchOfLog, ofNode], 1, 2)).toBe(1);
  expect(numberOf([watchOfLog, watchOfLog], 1, 2)).toBe(2);
});
