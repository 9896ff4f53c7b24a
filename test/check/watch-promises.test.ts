/** The events of a watcher, the events that etcd had for it, and the message about the difference. */
import { describe, expect, it } from 'vitest';
import { checkWatch, type ToldEvent, type ToldWatch } from '../../sim/check/watch.js';
import { logOf } from './ready/histories.js';

const put = (key: string, revision: number, previous: string | null = null): ToldEvent => {
  return { type: 'put', key, value: `v${revision}`, revision, previous };
};
const log = logOf({ a: 'v2' }, { a: 'v3', b: 'v3' }, { a: null }, { a: 'v5' });
const [two, three, other, five] = [put('a', 2), put('a', 3, 'v2'), put('b', 3), put('a', 5)];
const four: ToldEvent = { type: 'delete', key: 'a', value: '', revision: 4, previous: 'v3' };

const from = (revision: number) => ({ start: { kind: 'from', revision } }) as const;
const now = { start: { kind: 'now' } } as const;
const bookmark = (revision: number, afterBatches: number) => ({ revision, afterBatches });

function judge(batches: readonly (readonly ToldEvent[])[], more: Partial<ToldWatch> = {}) {
  const plain = { id: 'o1', matches: () => true, onlyPuts: false, compactedTo: 0, ...from(1) };
  return checkWatch(log, { ...plain, batches, ...more });
}

const onlyA = { matches: (key: string) => key === 'a' };

describe('a watch is right', () => {
  it.each<[string, ToldEvent[][], Partial<ToldWatch>?]>([
    ['that was told everything', [[two], [three, other], [four], [five]]],
    [
      'that was told several revisions at once',
      [
        [two, three, other],
        [four, five],
      ],
    ],
    ['that was told nothing yet', []],
    ['that was told nothing after an empty batch', [[], [two], [], [three, other], []]],
    ['of one key', [[two], [three], [four], [five]], onlyA],
    ['of puts only', [[two], [three, other], [five]], { onlyPuts: true }],
    ['from a revision on', [[four], [five]], from(4)],
    ['from a revision on that is to come', [], from(9)],
    ['that resumed at the next event', [[two], [three, other], [four]], { resumedBefore: [1, 2] }],
    ['of new events, from any revision on', [[three, other], [four]], now],
    ['of new events, without any', [], now],
    ['without previous values', [[{ type: 'put', key: 'a', value: 'v2', revision: 2 }]]],
    ['without a previous value that was compacted', [[put('a', 3), other]], { ...from(3), compactedTo: 3 }],
    ['with a report of what was told', [[two], [three, other]], { bookmarks: [bookmark(3, 2)] }],
    ['with a report before the next event', [[two]], { bookmarks: [bookmark(1, 0), bookmark(2, 1)] }],
    [
      'with a report that goes back',
      [[two], [three, other]],
      { bookmarks: [bookmark(2, 1), bookmark(1, 1)] },
    ],
    ['with a report of all that ever happened', [[five]], { ...from(5), bookmarks: [bookmark(99, 1)] }],
    ['of new events after a report', [[four]], { ...now, bookmarks: [bookmark(3, 0)] }],
    ['of new events before a report', [[four]], { ...now, bookmarks: [bookmark(2, 1)] }],
    ['of new events, with reports only', [], { ...now, bookmarks: [bookmark(3, 0), bookmark(3, 0)] }],
  ])('%s', (_, batches, more) => {
    expect(judge(batches, more)).toEqual({ verdict: 'satisfied' });
  });
});

describe('a watch is wrong', () => {
  const later = [put('a', 4), four, five];
  it.each<[string, RegExp, number[], ToldEvent[][], Partial<ToldWatch>?]>([
    ['truthful', /^put of c at revision 2\b/, [2], [[put('c', 2)]]],
    ['truthful', /^put of a at revision 4\b/, [4], [[two], [three, other], later]],
    ['truthful', /^put of a at revision 2\b/, [2], [[{ ...two, value: 'v1' }]]],
    ['truthful', /^delete of a at revision 2\b/, [2], [[{ ...two, type: 'delete' }]]],
    ['truthful', /^put of b at revision 3\b/, [3], [[two], [three, other]], onlyA],
    ['truthful', /^delete of a at revision 4\b/, [4], [[two], [three, other, four]], { onlyPuts: true }],
    ['reliable', /^put of a at revision 2\b.* put of a at revision 3$/, [2, 3], [[three, other]]],
    ['reliable', /^put of b at revision 3\b.* delete of a at revision 4$/, [3, 4], [[two], [three, four]]],
    ['reliable', /^put of a at revision 3\b.* put of b at revision 3$/, [3, 3], [[other]], now],
    [
      'reliable',
      /^delete of a at revision 4\b.* put of a at revision 5$/,
      [4, 5],
      [[three, other, five]],
      now,
    ],
    ['atomic', /^revision 3\b/, [3], [[two], [three]]],
    ['atomic', /^revision 3\b/, [3], [[two, three], [other]]],
    ['unique', /^put of a at revision 2\b/, [2], [[two, two]]],
    ['unique', /^put of a at revision 3\b/, [3], [[two], [three, other, three]], { resumedBefore: [1] }],
    ['unique', /^put of a at revision 2\b/, [2], [[two], [two]], { resumedBefore: [0] }],
    ['ordered', /^put of a at revision 2\b.* revision 3$/, [2, 3], [[two], [three, other], [two]]],
    [
      'ordered',
      /^put of b at revision 3\b.* revision 5$/,
      [3, 5],
      [[three, other, four, five, other]],
      from(3),
    ],
    ['resumable', /^put of a at revision 2\b/, [2], [[two]], from(3)],
    ['resumable', /^put of a at revision 3\b/, [3], [[four], [three]], from(4)],
    [
      'resumable',
      /^put of a at revision 2\b.* revision 3$/,
      [2],
      [[two], [three, other], [two]],
      { resumedBefore: [2] },
    ],
    [
      'resumable',
      /^put of a at revision 3\b.* delete of a at revision 4$/,
      [3, 4],
      [[two], [four]],
      { resumedBefore: [1] },
    ],
    [
      'reliable',
      /^put of b at revision 3\b.* delete of a at revision 4$/,
      [3, 4],
      [[two], [three, four]],
      { resumedBefore: [1] },
    ],
    ['prev_kv', /^put of a at revision 3\b.* "v1"\W.* "v2"$/, [3], [[two], [put('a', 3, 'v1'), other]]],
    [
      'prev_kv',
      /^put of a at revision 3\b.* null\W.* "v2"$/,
      [3],
      [[two], [put('a', 3), other]],
      { compactedTo: 2 },
    ],
    [
      'prev_kv',
      /^put of a at revision 3\b.* "v1"\W.* "v2"$/,
      [3],
      [[two], [put('a', 3, 'v1'), other]],
      { compactedTo: 9 },
    ],
    ['prev_kv', /^put of a at revision 2\b.* "v1"\W.* null$/, [2], [[put('a', 2, 'v1')]]],
    // After a deletion there is no previous value, also where deletions are not told.
    [
      'prev_kv',
      /^put of a at revision 5\b.* "v3"\W.* null$/,
      [5],
      [[put('a', 5, 'v3')]],
      { ...from(5), onlyPuts: true },
    ],
    [
      'bookmarkable',
      /^progress to revision 3\b.* put of a at revision 3$/,
      [3],
      [[two]],
      { bookmarks: [bookmark(3, 1)] },
    ],
    [
      'bookmarkable',
      /^progress to revision 4\b.* put of a at revision 3$/,
      [3],
      [[two]],
      { bookmarks: [bookmark(2, 1), bookmark(4, 1)] },
    ],
    [
      'bookmarkable',
      /^progress to revision 3\b.* put of a at revision 3$/,
      [3],
      [[two], [three, other]],
      { bookmarks: [bookmark(3, 1)] },
    ],
    [
      'bookmarkable',
      /^progress to revision 5\b.* put of a at revision 5$/,
      [5],
      [[four]],
      { ...from(4), bookmarks: [bookmark(5, 7)] },
    ],
    [
      'bookmarkable',
      /^put of a at revision 2\b.* revision 3\b/,
      [2],
      [[two], [three, other], [two]],
      { bookmarks: [bookmark(3, 2), bookmark(2, 2)] },
    ],
    [
      'unique',
      /^put of b at revision 3\b/,
      [3],
      [[two], [three, other], [other]],
      { bookmarks: [bookmark(2, 1)] },
    ],
    [
      'reliable',
      /^put of a at revision 3\b.* delete of a at revision 4$/,
      [3, 4],
      [[], [four]],
      { ...now, bookmarks: [bookmark(2, 1)] },
    ],
    [
      'bookmarkable',
      /^progress to revision 3\b.* put of a at revision 3$/,
      [3],
      [[]],
      { ...now, bookmarks: [bookmark(2, 0), bookmark(3, 0)] },
    ],
    [
      'bookmarkable',
      /^put of a at revision 2\b.* revision 2\b/,
      [2],
      [[two]],
      { ...now, bookmarks: [bookmark(2, 0)] },
    ],
  ])('%s, %s', (promise, message, revisions, batches, more) => {
    const finding = judge(batches, more);
    expect(finding).toMatchObject({ verdict: 'violated', operations: ['o1'], revisions });
    if (finding.verdict !== 'violated') return;
    const [head = '', ...rest] = finding.message.split(': ');
    expect(head).toBe(`o1, ${promise}`);
    expect(rest.join(': ')).toMatch(message);
  });

  it('at the first event that breaks a promise', () => {
    expect(judge([[two], [four], [two]])).toMatchObject({ revisions: [3, 4] });
    expect(judge([[put('a', 2, 'v1')], [four]])).toMatchObject({ revisions: [2] });
    // A report comes before the batch that follows it.
    const bookmarks = [bookmark(3, 1)];
    expect(judge([[two], [four]], { bookmarks })).toMatchObject({ revisions: [3] });
  });
});
