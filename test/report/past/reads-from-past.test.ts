/** Which messages a violation depends on, in hand-written runs and in drawn ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../../sim/history/calls.js';
import type { LogEntry } from '../../../sim/history/history.js';
import {
  MESSAGES_MAX,
  readsFromPast,
  type Beginning,
  type RecordedResult,
} from '../../../sim/report/past/reads-from-past.js';
import { at, call, log, operation, watch, watchOf } from '../../history/hand-made-calls.js';
import { recordingOf, runOf, type OtherCall } from './recording-of-calls.js';

/** The calls of which a message is in the past, by their places in the list. */
function past(
  calls: readonly Call[],
  beginning: Partial<Beginning>,
  more: Partial<RecordedResult> & {
    readonly others?: readonly OtherCall[];
    readonly grants?: readonly { readonly lease: string; readonly timeUs: number }[];
  } = {},
) {
  const { others = [], grants = [], ...rest } = more;
  const { recording, messagesOf } = recordingOf(calls, others, grants);
  const found = readsFromPast(runOf(calls, recording, rest), {
    ...{ operations: [], revisions: [], steps: [] },
    ...beginning,
  });
  const has = (one: Call | OtherCall) => messagesOf(one).filter((message) => found.messages.has(message));
  return {
    ...found,
    calls: calls.flatMap((one, place) => (has(one).length > 0 ? [place] : [])),
    countOf: (one: Call | OtherCall) => has(one).length,
  };
}

const put = call({ by: 'n1-1', sent: 1, wrote: '3: a' });
const other = call({ by: 'n3-1', sent: 2, wrote: '4: z' });

describe('the messages that a violation depends on', () => {
  it('are those of its operations and of the writers of what they read, and no others', () => {
    const read = call({ by: 'n2-1', sent: 6, reads: ['a@3'] });
    const { calls, operations, messages, isWhole } = past([put, other, read], { operations: ['n2-1'] });
    expect(calls).toEqual([0, 2]);
    expect([...operations].sort()).toEqual(['n1-1', 'n2-1']);
    // Each with its answer.
    expect(messages.size).toBe(4);
    expect(isWhole).toBe(true);
  });

  it('continue from a write to the earlier requests of its operation, and to no later one', () => {
    const calls = [
      put,
      call({ by: 'n2-1', sent: 3, reads: ['a@3'] }),
      call({ by: 'n2-1', sent: 5, wrote: '5: b' }),
      call({ by: 'n2-1', sent: 7, wrote: '6: c' }),
      call({ by: 'n4-1', sent: 9, reads: ['b@5'] }),
    ];
    expect(past(calls, { operations: ['n4-1'] }).calls).toEqual([0, 1, 2, 4]);
  });

  it('have the writers of revisions that the check names', () => {
    expect(past([put, other], { revisions: [4] }).calls).toEqual([1]);
  });

  it('have none of the others that the node sent at the same time', () => {
    const twins = ['a', 'b'].map((key, place) =>
      call({ by: `n1-${place}`, sent: 1, wrote: `${place + 3}: ${key}` }),
    );
    expect(past(twins, { revisions: [4] }).operations).toEqual(new Set(['n1-1']));
  });

  it('have the writer of what made a comparison fail', () => {
    const refused = call({ by: 'n2-1', sent: 6, failed: 'a@3' });
    expect(past([put, refused], { operations: ['n2-1'] }).calls).toEqual([0, 1]);
  });

  it('have the deletion of a key that was found absent', () => {
    const remove = call({ by: 'n3-1', sent: 3, wrote: '4: a-' });
    const look = call({ by: 'n2-1', sent: 6, looks: ['a@4'] });
    const entries = log('3: a=1', '4: a');
    for (const one of [look, call({ by: 'n2-1', sent: 6, looks: ['a*@4'] })]) {
      expect(past([put, remove, one], { operations: ['n2-1'] }, { log: entries }).calls).toEqual([1, 2]);
    }
  });

  it('have a question once if its answer is always the same', () => {
    const asks = [4, 6, 8].map((sent) => call({ by: 'n2-1', sent, method: 'KV.Range', reads: ['a@3'] }));
    const write = call({ by: 'n2-1', sent: 10, wrote: '5: b' });
    expect(past([put, ...asks, write], { revisions: [5] }).calls).toEqual([0, 3, 4]);
  });

  it('have no request without an effect, except the last one, for which the witness waited', () => {
    const lost = [4, 6].map((sent) => call({ by: 'n2-1', sent, returned: Infinity, answered: false }));
    expect(past([put, ...lost], { operations: ['n2-1'] }).calls).toEqual([2]);
    const read = call({ by: 'n2-1', sent: 8, reads: ['a@3'] });
    expect(past([put, ...lost, read], { operations: ['n2-1'] }).calls).toEqual([0, 3]);
  });

  it('have a lost write of the witness, though it wrote again', () => {
    const lost = { ...call({ by: 'n2-1', sent: 4, returned: Infinity, answered: false }), puts: ['b'] };
    const again = { ...call({ by: 'n2-1', sent: 6, wrote: '4: b' }), puts: ['b'] };
    expect(past([lost, again], { operations: ['n2-1'] }).calls).toEqual([0, 1]);
    expect(past([lost, again], { revisions: [4] }).calls).toEqual([1]);
  });

  it('have no deletion in a range in which a key was found, such as the head of a queue', () => {
    const remove = call({ by: 'n3-1', sent: 3, wrote: '4: q1-' });
    const look = call({ by: 'n2-1', sent: 6, reads: ['q2@3'], looks: ['q*@4'] });
    const entries = log('2: q1=1', '3: q2=1', '4: q1');
    expect(past([remove, look], { operations: ['n2-1'] }, { log: entries }).calls).toEqual([1]);
  });

  it('have the deletion of a key that a transaction tried to delete again', () => {
    const remove = call({ by: 'n3-1', sent: 3, wrote: '4: a-' });
    const again = { ...call({ by: 'n2-1', sent: 6, wrote: '5: b' }), missed: [{ key: 'a' }] };
    const entries = log('3: a=1', '4: a', '5: b=1');
    expect(past([remove, again], { operations: ['n2-1'] }, { log: entries }).calls).toEqual([0, 1]);
  });

  it('have the compaction that ended a watch, with its message', () => {
    const compact = { node: 'n9', method: 'KV.Compact', sentUs: 4000 };
    const watched = watchOf('a', {
      ...{ by: 'n2-1', from: 1, asked: at(2), state: 'broken' },
      compacted: { revision: 9, at: at(6) },
    });
    const stream = { ...watch('n2-1', watched), reads: [{ key: 'z', revision: 4, at: at(6) }] };
    const { countOf } = past([stream], { operations: ['n2-1'] }, { others: [compact] });
    expect(countOf(compact)).toBe(2);
    expect(countOf(stream)).toBe(2);
    const write = call({ by: 'n2-1', sent: 8, wrote: '4: b' });
    expect(past([stream, write], { revisions: [4] }, { others: [compact] }).calls).toEqual([0, 1]);
  });

  it('have the last answered renewal of the witness’s lease, and those after it up to its end', () => {
    const renewals = {
      ...{ node: 'n2', method: 'Lease.LeaseKeepAlive', operation: 'n2-1', sentUs: 2000 },
      furtherUs: [4000, 6000, 9000],
    };
    const { countOf } = past(
      [],
      { operations: ['n2-1'] },
      { others: [renewals], operations: [operation('n2-1', 1, 7)] },
    );
    expect(countOf(renewals)).toBe(2);
    const early = { others: [renewals], operations: [operation('n2-1', 0, 1)] };
    expect(past([], { operations: ['n2-1'] }, early).messages.size).toBe(0);
    const isForeign = { operations: ['n2-2'], revisions: [] };
    expect(past([], isForeign, { others: [renewals] }).messages.size).toBe(0);
  });

  it('have the end of a lease, and a change by a fault, if the story names them', () => {
    const revoke = call({ by: 'n9', sent: 5, wrote: '4: a-' });
    const ask = call({ by: 'n9', sent: 5, reads: ['a@3'] });
    const steps = [{ timeUs: 5000, node: 'n9', isChange: true }];
    expect(past([put, revoke, ask], { steps }).calls).toEqual([1]);
    const end = {
      ...{ kind: 'lease expired' as const, at: at(7), lease: '7', node: 'n1', revision: 4, keys: ['a'] },
      renewed: at(4),
    };
    const more = { log: log('3: a=1', '4: a'), incidents: [end] };
    expect(past([put], { steps: [{ timeUs: 7000, node: 'etcd' }] }, more).calls).toEqual([0]);
  });

  it('have a write whose answer was lost', () => {
    const unanswered = call({ by: 'n1-2', sent: 3, wrote: '4: a', returned: Infinity, answered: false });
    const read = call({ by: 'n2-1', sent: 6, reads: ['a@4'] });
    const { calls, countOf } = past([put, unanswered, read], { operations: ['n2-1'] });
    expect(calls).toEqual([1, 2]);
    expect(countOf(unanswered)).toBe(2);
  });

  it('have of a watch the messages with changes of its own keys, up to the end of its operation', () => {
    const mine = watchOf('a', { by: 'n2-1', from: 1, asked: at(2) });
    const foreign = watchOf('z', { by: 'n2-2', from: 1, asked: at(3) });
    const reads = [
      ...['a@3', 'z@4', 'a@5'].map((text, place) => {
        const [key = '', revision = ''] = text.split('@');
        return { key, revision: Number(revision), at: at([10, 12, 30][place] ?? 0) };
      }),
    ];
    const stream = { ...watch('n2-1', mine), watches: [mine, foreign], reads };
    const late = call({ by: 'n1-2', sent: 25, wrote: '5: a' });
    const { calls, countOf } = past(
      [put, other, stream, late],
      { operations: ['n2-1'] },
      { operations: [operation('n2-1', 1, 15)] },
    );
    expect(calls).toEqual([0, 2]);
    // Its request, and the message with the first change.
    expect(countOf(stream)).toBe(2);
  });

  it('have the grant of the lease under which a key was put', () => {
    const grant = { node: 'n1', method: 'Lease.LeaseGrant', operation: 'n1-0', sentUs: 500 };
    const leased = { ...put, leases: ['7'] };
    const grants = [{ lease: '7', timeUs: 800 }];
    const { countOf } = past([leased], { revisions: [3] }, { others: [grant], grants });
    expect(countOf(grant)).toBe(2);
  });

  it('have the last renewals of a lease that ran out, and the put of its key', () => {
    const leased = { ...put, leases: ['7'] };
    const renewals = {
      ...{ node: 'n1', method: 'Lease.LeaseKeepAlive', sentUs: 2000 },
      furtherUs: [4000, 6000, 9000],
    };
    const look = call({ by: 'n2-1', sent: 8, looks: ['a@4'] });
    const { calls, countOf } = past(
      [leased, look],
      { operations: ['n2-1'] },
      {
        others: [renewals],
        log: log('3: a=1', '4: a'),
        incidents: [
          {
            ...{ kind: 'lease expired', at: at(7), lease: '7', node: 'n1', revision: 4, keys: ['a'] },
            renewed: { ...at(4), timeUs: 4300 },
          },
        ],
      },
    );
    expect(calls).toEqual([0, 1]);
    // The answer at 4.3 ms, and the renewal at 6 ms with its answer.
    expect(countOf(renewals)).toBe(3);
  });

  it('have what another node requested while it served a call', () => {
    const served = {
      ...{ node: 'n1', to: 'n5', method: 'Shop.Buy', operation: 'n1-3', sentUs: 5000, servedUs: 4000 },
    };
    const calls = [3, 6, 12].map((sent) => call({ by: 'n5', sent, wrote: `${sent}: stock` }));
    const found = past(calls, { operations: ['n1-3'] }, { others: [served] });
    expect(found.calls).toEqual([1]);
    expect(found.countOf(served)).toBe(2);
  });

  it('have what the story names at that time', () => {
    const early = call({ by: 'n3', sent: 3, wrote: '5: y' });
    const late = call({ by: 'n3', sent: 8, wrote: '6: y' });
    const steps = [{ timeUs: 3000, node: 'n3' }];
    expect(past([put, early, late], { steps }).calls).toEqual([1]);
  });

  it('are the operations alone if nothing was recorded', () => {
    const beginning = { operations: ['n2-1'], revisions: [3], steps: [] };
    const { operations, messages } = readsFromPast(runOf([put], undefined), beginning);
    expect([...operations]).toEqual(['n2-1']);
    expect(messages.size).toBe(0);
  });

  it('are the nearest ones if they are many', () => {
    const chain = Array.from({ length: 200 }, (_, place) => [
      call({ by: `n1-${place}`, sent: 10 * place + 1, reads: place === 0 ? [] : [`a@${place}`] }),
      call({ by: `n1-${place}`, sent: 10 * place + 3, wrote: `${place + 1}: a` }),
    ]).flat();
    const { calls, messages, isWhole } = past(chain, { operations: ['n1-199'] });
    expect(isWhole).toBe(false);
    expect(messages.size).toBeGreaterThanOrEqual(MESSAGES_MAX);
    expect(messages.size).toBeLessThan(MESSAGES_MAX + 10);
    const [first = 0] = calls;
    expect(calls).toEqual(chain.flatMap((_, place) => (place >= first ? [place] : [])));
  });
});

it('the most recent of equally near messages come first', () => {
  const writes = Array.from({ length: 100 }, (_, place) =>
    call({ by: `n1-${place}`, sent: 2 * place + 1, wrote: `${place + 1}: a${place}` }),
  );
  const reads = writes.map((_, place) => `a${place}@${place + 1}`);
  const { calls, isWhole } = past([...writes, call({ by: 'n2-1', sent: 300, reads })], {
    operations: ['n2-1'],
  });
  expect(isWhole).toBe(false);
  expect(calls).toEqual([...Array(101).keys()].slice(-calls.length));
});

describe('the messages that drawn violations depend on', () => {
  const step = fc.record({
    operation: fc.integer({ min: 0, max: 7 }),
    does: fc.constantFrom('read', 'read', 'write', 'write unanswered', 'lost'),
    key: fc.constantFrom('a', 'b', 'c'),
  });
  const drawn = fc.array(step, { maxLength: 40 }).map((steps) => {
    const newest = new Map<string, number>();
    const entries: LogEntry[] = [];
    const calls = steps.map(({ operation: id, does, key }, place) => {
      const words = { by: `n${id % 3}-${id}`, sent: 2 * place + 1 };
      const revision = newest.get(key);
      if (does === 'read') {
        const reads = revision === undefined ? [] : [`${key}@${revision}`];
        return call({ ...words, method: 'KV.Range', reads });
      }
      if (does === 'lost') return call({ ...words, returned: Infinity, answered: false });
      const made = entries.length + 2;
      newest.set(key, made);
      entries.push(...log(`${made}: ${key}=1`));
      const isLost = does === 'write unanswered';
      const end = isLost ? { returned: Infinity, answered: false } : {};
      return call({ ...words, ...end, wrote: `${made}: ${key}` });
    });
    return { calls, log: entries };
  });

  const authorOf = (calls: readonly Call[], revision: number) =>
    calls.findIndex(({ wrote }) => wrote?.revision === revision);

  it('hold the witness, and with each request its answer, the writers that it read from, and earlier writes', () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 0, max: 7 }), ({ calls, log: entries }, witness) => {
        const id = `n${witness % 3}-${witness}`;
        const found = past(calls, { operations: [id] }, { log: entries });
        expect(found.operations).toContain(id);
        expect(found.isWhole).toBe(true);
        const last = calls.findLastIndex((one) => one.operation === id);
        if (last !== -1) expect(found.calls).toContain(last);
        for (const place of found.calls) {
          const one = calls[place];
          if (one === undefined) continue;
          expect(found.countOf(one)).toBe(one.answered || one.wrote !== undefined ? 2 : 1);
          for (const { revision } of one.reads) expect(found.calls).toContain(authorOf(calls, revision));
          calls.slice(0, place).forEach((before, at) => {
            if (before.operation === one.operation && before.wrote !== undefined)
              expect(found.calls).toContain(at);
          });
        }
      }),
    );
  });

  it('hold nothing that the witness does not depend on', () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 0, max: 7 }), ({ calls, log: entries }, witness) => {
        const id = `n${witness % 3}-${witness}`;
        const found = past(calls, { operations: [id] }, { log: entries });
        const readOf = new Set(
          found.calls.flatMap((place) => calls[place]?.reads.map(({ revision }) => revision) ?? []),
        );
        for (const place of found.calls) {
          const one = calls[place];
          const isRead = one?.wrote !== undefined && readOf.has(one.wrote.revision);
          const isEarlier = found.calls.some(
            (later) => later > place && calls[later]?.operation === one?.operation,
          );
          expect(one?.operation === id || isRead || isEarlier, `call ${place}`).toBe(true);
        }
      }),
    );
  });
});
