/** An operation of which a story has only the end says when it began. */
import { expect, it } from 'vitest';
import { causalPast } from '../../../sim/explore/explain/causal-past.js';
import type { Call } from '../../../sim/history/calls.js';
import { call, operation } from '../../history/hand-made-calls.js';

function story(calls: readonly Call[]): string[] {
  const operations = [operation('n1-1', 2000, 2052), operation('n2-1', 2004, 2054)];
  const { steps } = causalPast(
    { operations, calls, log: [] },
    { operations: ['n1-1', 'n2-1'], revisions: [] },
  );
  return steps.map(({ operation: by, what }) => `${by} ${what}`);
}

it('so that the overlap of two can be seen', () => {
  expect(story([])).toEqual(['n1-1 ended ok, begun at 2,000.000 ms', 'n2-1 ended ok, begun at 2,004.000 ms']);
});

it('but not if it has an earlier step of its own', () => {
  const put = call({ by: 'n1-1', sent: 2001, wrote: '2: a' });
  expect(story([put])).toEqual(['n1-1 put a', 'n1-1 ended ok', 'n2-1 ended ok, begun at 2,004.000 ms']);
});

it('nor if its end is unknown', () => {
  const { steps } = causalPast(
    { operations: [operation('n1-1', 3)], calls: [], log: [] },
    { operations: ['n1-1'], revisions: [] },
  );
  expect(steps.map(({ what }) => what)).toEqual(['began and never returned']);
});

it('nor if it took no time', () => {
  const { steps } = causalPast(
    { operations: [operation('n1-1', 3, 3)], calls: [], log: [] },
    { operations: ['n1-1'], revisions: [] },
  );
  expect(steps.map(({ what }) => what)).toEqual(['ended ok']);
});
