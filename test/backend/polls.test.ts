/** Waiters that ask for a key again and again: for which one, and who would have to change it. */
import { describe, expect, it } from 'vitest';
import { describeReason, headlineOf } from '../../sim/backend/describe-reasons.js';
import { pollOf } from '../../sim/backend/polls.js';
import { waitReasons, type StuckRun } from '../../sim/backend/wait-reasons.js';
import { whoWaits, withReasons } from '../../sim/backend/waiting.js';
import type { Call } from '../../sim/history/calls.js';
import type { Recorder } from '../../sim/history/recorder.js';
import { at, call, log, operation, watch, watchOf, type CallWords } from '../history/hand-made-calls.js';

/** `times` calls of one operation, the first at moment 10. */
const again = (times: number, words: Omit<CallWords, 'sent'>): Call[] =>
  Array.from({ length: times }, (_, index) => call({ ...words, sent: 10 + 2 * index }));
const finds = (by: string, key: string, revision: number): Omit<CallWords, 'sent'> => ({
  ...{ by, method: 'KV.Range', looks: [`${key}@9`], reads: [`${key}@${revision}`] },
});
const findsNothing = (by: string, key: string): Omit<CallWords, 'sent'> => ({
  ...{ by, method: 'KV.Range', looks: [`${key}@9`] },
});

function reasons(
  pending: readonly string[],
  calls: readonly Call[],
  entries: readonly string[],
  more: Partial<StuckRun> = {},
) {
  const operations = pending.map((id) => operation(id, 0));
  const unfinished = new Set(operations.map(({ node }) => node));
  const given = { calls, log: log(...entries), pending: operations, unfinished, crashes: [], ...more };
  const problem = withReasons({ kind: 'liveness', message: 'stuck', waiting: [] }, given);
  expect(headlineOf(waitReasons(given))).toBeUndefined();
  expect(problem).toMatchObject({ waiting: waitReasons(given).map(describeReason) });
  return waitReasons(given).map(describeReason);
}

describe('a node that polls', () => {
  const put = call({ by: 'n2-1', sent: 1, wrote: 3 });

  it('has a reason that says how often it asked, and which node put the key', () => {
    const polls = again(6, finds('n1-1', 'lock', 3));
    expect(reasons(['n1-1', 'n2-1'], [put, ...polls], ['3: lock=1'])).toEqual([
      expect.stringMatching(/^n1 has asked 6 times\b.* lock\b.* n2 put in n2-1$/),
    ]);
    const crashes = [{ node: 'n2', at: at(5) }];
    expect(reasons(['n1-1', 'n2-2'], [put, ...polls], ['3: lock=1'], { crashes })).toEqual([
      expect.stringMatching(/ n2 put in n2-1; .*died$/),
    ]);
    expect(reasons(['n1-1'], [put, ...polls], ['3: lock=1'])).toEqual([
      expect.stringMatching(/ n2 put in n2-1; n2 has ended\b/),
    ]);
  });

  it('may poll by a comparison that fails', () => {
    const polls = again(5, { by: 'n1-1', failed: 'lock@3' });
    expect(reasons(['n1-1', 'n2-1'], [put, ...polls], ['3: lock=1'])).toEqual([
      expect.stringMatching(/^n1 has asked 5 times\b.* lock\b.* n2 put\b/),
    ]);
  });

  it('may wait for a key that no node has put, or that one has deleted', () => {
    const polls = again(5, findsNothing('n1-1', 'gate'));
    expect(reasons(['n1-1'], polls, [])).toEqual([expect.stringMatching(/ gate, which nobody has put$/)]);
    const deletes = call({ by: 'n2-4', sent: 2, wrote: 4 });
    expect(reasons(['n1-1'], [deletes, ...polls], ['3: gate=1', '4: gate'])).toEqual([
      expect.stringMatching(/ gate, .*deleted at revision 4 by n2-4; nobody has put it since$/),
    ]);
  });

  it('may get an old answer', () => {
    const polls = again(5, findsNothing('n1-1', 'gate'));
    expect(reasons(['n1-1', 'n2-1'], [put, ...polls], ['3: gate=1'])).toEqual([
      expect.stringMatching(/ gate, .*\bold answer: .* put at revision 3 by n2-1$/),
    ]);
  });

  it('may do so outside of any operation', () => {
    const polls = again(5, findsNothing('n1', 'gate'));
    expect(reasons([], polls, [], { unfinished: new Set(['n1']) })).toHaveLength(1);
    expect(reasons([], polls, [], { unfinished: new Set(['n2']) })).toEqual([]);
  });

  it('needs no advice about nodes that never end', () => {
    const given = {
      ...{ calls: again(5, findsNothing('n1', 'gate')), log: [], pending: [], crashes: [] },
      unfinished: new Set(['n1', 'n2']),
    };
    const waiting = whoWaits(0, { pending: [] } as unknown as Recorder, given.unfinished, []);
    expect(waiting).toEqual([expect.stringMatching(/^n1 .*daemon$/), expect.stringMatching(/^n2 .*daemon$/)]);
    expect(withReasons({ kind: 'liveness', message: 'stuck', waiting }, given)).toMatchObject({
      waiting: [waiting[1], expect.stringMatching(/^n1 has asked 5 times\b/)],
    });
  });

  it('is not one that watches', () => {
    const polls = again(5, findsNothing('n1-1', 'gate'));
    const watches = watch('n1-1', watchOf('other', { by: 'n1-1', from: 9 }));
    expect(reasons(['n1-1'], [...polls, watches], [])).toEqual([]);
  });
});

describe('the same answer in a row', () => {
  const nothing = again(5, findsNothing('n1-1', 'gate'));

  it('has to come often enough, without anything else in between', () => {
    expect(pollOf([])).toBeUndefined();
    expect(pollOf(nothing.slice(1))).toBeUndefined();
    expect(pollOf(nothing)).toEqual({ key: 'gate', times: 5 });
    const writes = call({ by: 'n1-1', sent: 15, wrote: 5 });
    expect(pollOf([...nothing, writes])).toBeUndefined();
    expect(pollOf([writes, ...nothing])).toEqual({ key: 'gate', times: 5 });
    const other = again(1, findsNothing('n1-1', 'other'));
    expect(pollOf([...nothing, ...other, ...nothing.slice(1)])).toBeUndefined();
    const changed = again(3, finds('n1-1', 'gate', 4));
    expect(pollOf([...nothing, ...changed])).toBeUndefined();
    expect(pollOf([...nothing, ...again(5, finds('n1-1', 'gate', 4))])).toEqual({
      key: 'gate',
      times: 5,
      revision: 4,
    });
  });

  it('may have calls without an answer and renewals of leases in between', () => {
    const lost = call({ by: 'n1-1', sent: 11, answered: false });
    const renewal = call({ by: 'n1-1', sent: 12, method: 'Lease.LeaseKeepAlive' });
    expect(pollOf([...nothing.slice(2), lost, renewal, ...nothing.slice(3)])).toEqual({
      key: 'gate',
      times: 5,
    });
  });

  it('is about one key', () => {
    expect(pollOf(again(5, { by: 'n1-1', method: 'KV.Range', looks: ['gate*@9'] }))).toBeUndefined();
    expect(pollOf(again(5, { by: 'n1-1', method: 'KV.Txn', looks: ['a@9', 'b@9'] }))).toBeUndefined();
    expect(pollOf(again(5, { by: 'n1-1', method: 'KV.Put' }))).toBeUndefined();
  });
});
