/** Which calls made which revisions, without an answer of a member. */
import { expect, it } from 'vitest';
import type { LogEntry } from '../../sim/history/history.js';
import { settleWrites, type IntendedChange, type Writing } from '../../sim/history/settle-writes.js';

const at = { sequence: 0, timeUs: 0, order: 0 };

const put = (key: string, value: string): IntendedChange => ({ type: 'put', key, value });

function writing(operation: string, ...branches: readonly IntendedChange[][]): Writing {
  return { node: operation.split('-')[0] ?? '', operation, intent: { branches, leases: [] }, after: 0 };
}

function answered(by: Writing, revision: number, wrote = true): Writing {
  return { ...by, answer: { revision, wrote, at } };
}

/** Such as `a=1 b`: put a, delete b. */
function entry(revision: number, changes: string): LogEntry {
  const events = changes.split(' ').map((change) => {
    const [key = '', value] = change.split('=');
    const type = value === undefined ? ('delete' as const) : ('put' as const);
    return { type, key, value: value ?? '', createRevision: revision, version: 1 };
  });
  return { revision, events };
}

function settled(writings: readonly Writing[], log: readonly LogEntry[]): string[] {
  return [...settleWrites(writings, log)].map(
    ([{ operation }, { revision, known }]) => `${operation} ${revision} ${known}`,
  );
}

it('a member’s answer is final, even if other calls could have done it', () => {
  const [first, second] = [writing('n1-1', [put('a', '1')]), writing('n2-1', [put('a', '1')])];
  expect(settled([first, answered(second, 3)], [entry(3, 'a=1')])).toEqual(['n2-1 3 answered']);
});

it('an unanswered write is found by its effect', () => {
  const branch = [put('a', '1'), { type: 'delete', range: { key: 'b', rangeEnd: 'c' } } as const];
  const swap = writing('n1-1', branch, [put('z', '1')]);
  expect(settled([swap], [entry(2, 'a=1'), entry(3, 'a=1 b1 b2')])).toEqual(['n1-1 2 inferred']);
  expect(settled([swap], [entry(2, 'a=2'), entry(3, 'a=1 b1 b2')])).toEqual(['n1-1 3 inferred']);
  expect(settled([swap], [entry(3, 'a=1 c')])).toEqual([]);
  expect(settled([swap], [entry(3, 'z=1')])).toEqual(['n1-1 3 inferred']);
  expect(settled([swap], [entry(3, 'b1')])).toEqual([]);
});

it('a revision that two operations may have made goes to neither, but a retry goes to the first', () => {
  const first = writing('n1-1', [put('a', '1')]);
  const log = [entry(3, 'a=1')];
  expect(settled([first, writing('n2-1', [put('a', '1')])], log)).toEqual([]);
  const again = writing('n1-1', [put('a', '1')]);
  const both = settleWrites([first, again], log);
  expect([both.get(first)?.revision, both.get(again)]).toEqual([3, undefined]);
  expect(settled([first, again], [...log, entry(5, 'a=1')])).toEqual(['n1-1 3 inferred', 'n1-1 5 inferred']);
});

it('a write made nothing that existed before it was sent', () => {
  const late = { ...writing('n2-1', [put('a', '1')]), after: 3 };
  expect(settled([late], [entry(3, 'a=1')])).toEqual([]);
  expect(settled([writing('n1-1', [put('a', '1')]), late], [entry(3, 'a=1')])).toEqual(['n1-1 3 inferred']);
});

it('a call with an answer and without a write is no author', () => {
  expect(settled([answered(writing('n1-1', [put('a', '1')]), 3, false)], [entry(3, 'a=1')])).toEqual([]);
});

it('a revocation deleted the keys put under its lease, and nothing else', () => {
  const owner = (leases: readonly string[]): Writing => ({
    ...answered(writing('n1-1', [put('a', '1')]), 2),
    intent: { branches: [], leases },
  });
  const revoke = answered(
    { node: 'n2', operation: 'n2-1', intent: { branches: [], leases: [], revokes: '7' }, after: 0 },
    3,
    false,
  );
  const log = [entry(2, 'a=1'), entry(3, 'a')];
  expect(settled([owner(['7']), revoke], log)).toEqual(['n1-1 2 answered', 'n2-1 3 answered']);
  expect(settled([owner(['8']), revoke], log)).toEqual(['n1-1 2 answered']);
  expect(settled([owner(['7']), revoke], [entry(2, 'a=1')])).toEqual(['n1-1 2 answered']);
});
