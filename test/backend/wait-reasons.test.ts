/** Why nodes wait, derived from hand-written calls and logs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeReason, headlineOf } from '../../sim/backend/describe-reasons.js';
import { waitReasons, type StuckRun } from '../../sim/backend/wait-reasons.js';
import { withReasons } from '../../sim/backend/waiting.js';
import type { Call } from '../../sim/history/calls.js';
import type { LogEntry } from '../../sim/history/history.js';
import { at, call, log, operation, watch, watchOf } from '../history/hand-made-calls.js';

function stuckRun(
  pending: readonly string[],
  calls: readonly Call[],
  entries: readonly LogEntry[],
  more: Partial<StuckRun> = {},
): StuckRun {
  const operations = pending.map((id) => operation(id, 0));
  const unfinished = new Set(operations.map(({ node }) => node));
  return { calls, log: entries, pending: operations, unfinished, crashes: [], ...more };
}

const said = (given: StuckRun): string[] => waitReasons(given).map(describeReason);

/** The operation has read the key at the revision, and watches it from the next one on. */
const waitsFor = (by: string, key: string, revision: number): Call[] => [
  call({ by, sent: 10, method: 'KV.Range', reads: [`${key}@${revision}`], looks: [`${key}@${revision}`] }),
  watch(by, watchOf(key, { by, from: revision + 1 })),
];

describe('an awaited key that exists', () => {
  const put = call({ by: 'n2-1', sent: 1, wrote: 3 });

  it('was put by a node', () => {
    const given = stuckRun(['n1-1', 'n2-2'], [put, ...waitsFor('n1-1', 'a', 3)], log('3: a=1'));
    expect(said(given)).toEqual(['n1 waits for a, which n2 put in n2-1']);
    expect(headlineOf(waitReasons(given))).toBeUndefined();
  });

  it('was put by the setup, or by an unknown call', () => {
    const setup = { ...call({ by: 'observer', sent: 1, wrote: 3 }) };
    const waits = waitsFor('n1-1', 'a', 3);
    expect(said(stuckRun(['n1-1'], [setup, ...waits], log('3: a=1')))).toEqual([
      'n1 waits for a, which setup() put',
    ]);
    expect(said(stuckRun(['n1-1'], waits, log('3: a=1')))).toEqual([
      'n1 waits for a, which was put at revision 3',
    ]);
  });

  it('stays if its author has ended, or has died since', () => {
    const waits = [put, ...waitsFor('n1-1', 'a', 3)];
    expect(said(stuckRun(['n1-1'], waits, log('3: a=1')))).toEqual([
      'n1 waits for a, which n2 put in n2-1; n2 has ended, so nothing will delete it',
    ]);
    const crashes = [{ node: 'n2', at: at(5) }];
    expect(said(stuckRun(['n1-1', 'n2-2'], waits, log('3: a=1'), { crashes }))).toEqual([
      'n1 waits for a, which n2 put in n2-1; that process of n2 has died',
    ]);
    const earlier = [{ node: 'n2', at: at(0) }];
    expect(said(stuckRun(['n1-1', 'n2-2'], waits, log('3: a=1'), { crashes: earlier }))).toEqual([
      'n1 waits for a, which n2 put in n2-1',
    ]);
  });

  it('is not reported if the waiter awaits a put, a range, or never heard of it', () => {
    const reason = (watched: Parameters<typeof watchOf>) =>
      said(
        stuckRun(
          ['n1-1', 'n2-2'],
          [put, call({ by: 'n1-1', sent: 10, reads: ['a@3'] }), watch('n1-1', watchOf(...watched))],
          log('3: a=1'),
        ),
      );
    expect(reason(['a', { by: 'n1-1', from: 4, only: 'put' }])).toEqual([]);
    expect(reason(['a*', { by: 'n1-1', from: 4 }])).toEqual([]);
    expect(reason(['a', { by: 'n1-9', from: 4 }])).toEqual([]);
    expect(reason(['a', { by: 'n1-1', from: 4, state: 'left' }])).toEqual([]);
  });
});

describe('a circle', () => {
  it('consists of operations that wait for each other’s key', () => {
    const calls = [
      call({ by: 'n1-2', sent: 1, wrote: 3 }),
      call({ by: 'n2-3', sent: 2, wrote: 4 }),
      ...waitsFor('n1-4', 'a', 4),
      ...waitsFor('n2-5', 'b', 3),
    ];
    const given = stuckRun(['n1-4', 'n2-5'], calls, log('3: b=1', '4: a=1'));
    const circle =
      'n1 waits for a, which n2 put in n2-3; n2 waits for b, which n1 put in n1-2: they wait in a circle';
    expect(headlineOf(waitReasons(given))).toBe(circle);
    const problem = withReasons({ kind: 'deadlock', message: 'stuck', waiting: ['n1 waits'] }, given);
    expect(problem).toEqual({
      kind: 'deadlock',
      cause: 'circle',
      message: `stuck: ${circle}`,
      waiting: ['n1 waits', 'n1 waits for a, which n2 put in n2-3', 'n2 waits for b, which n1 put in n1-2'],
    });
  });

  it('may be an operation that waits for its own key', () => {
    const calls = [call({ by: 'n1-1', sent: 1, wrote: 3 }), ...waitsFor('n1-2', 'a', 3)];
    const given = stuckRun(['n1-2'], calls, log('3: a=1'));
    expect(headlineOf(waitReasons(given))).toBe(
      'n1 waits for a, which it put itself in n1-1: it waits for itself',
    );
  });

  it('is the shortest one', () => {
    const waits = ['n1-1 b', 'n2-1 c', 'n3-1 a', 'n3-1 b'].flatMap((text) => {
      const [by = '', key = ''] = text.split(' ');
      return waitsFor(by, key, key.charCodeAt(0) - 90);
    });
    const puts = ['n1-0', 'n2-0', 'n3-0'].map((by, index) => call({ by, sent: 1, wrote: 7 + index }));
    const given = stuckRun(['n1-1', 'n2-1', 'n3-1'], [...puts, ...waits], log('7: a=1', '8: b=1', '9: c=1'));
    expect(headlineOf(waitReasons(given))).toBe(
      'n2 waits for c, which n3 put in n3-0; n3 waits for b, which n2 put in n2-0: they wait in a circle',
    );
  });

  it('does not exist if another operation of a node could still delete the key', () => {
    const calls = [
      call({ by: 'n1-2', sent: 1, wrote: 3 }),
      call({ by: 'n2-3', sent: 2, wrote: 4 }),
      ...waitsFor('n1-4', 'a', 4),
      ...waitsFor('n2-5', 'b', 3),
    ];
    const given = stuckRun(['n1-4', 'n2-5', 'n2-6'], calls, log('3: b=1', '4: a=1'));
    expect(waitReasons(given).map(({ kind }) => kind)).toEqual(['held', 'held']);
    // Unless it waits for the same.
    const stuck = stuckRun(
      ['n1-4', 'n2-5', 'n2-6'],
      [...calls, ...waitsFor('n2-6', 'b', 3)],
      log('3: b=1', '4: a=1'),
    );
    expect(waitReasons(stuck)[0]?.kind).toBe('circle');
  });

  it('does not exist if the key’s author does not wait', () => {
    const calls = [
      call({ by: 'n1-2', sent: 1, wrote: 3 }),
      call({ by: 'n2-3', sent: 2, wrote: 4 }),
      ...waitsFor('n1-4', 'a', 4),
      ...waitsFor('n2-5', 'b', 3),
    ];
    const given = stuckRun(['n1-4', 'n2-3', 'n2-5'], calls, log('3: b=1', '4: a=1'));
    expect(waitReasons(given).map(({ kind }) => kind)).toEqual(['held', 'held']);
  });
});

describe('circles among many', () => {
  /** For each node whose key it waits for; undefined if it does not wait. */
  const graphs = fc
    .integer({ min: 1, max: 7 })
    .chain((count) =>
      fc.array(fc.option(fc.nat(count - 1), { nil: undefined }), { minLength: count, maxLength: count }),
    );

  /** By following every waiter, one step after the other. */
  function shortestOf(graph: readonly (number | undefined)[]): number | undefined {
    const lengths = graph.flatMap((_, start) => {
      let place: number | undefined = start;
      for (let length = 1; length <= graph.length; length++) {
        place = place === undefined ? undefined : graph[place];
        if (place === start) return [length];
      }
      return [];
    });
    return lengths.length === 0 ? undefined : Math.min(...lengths);
  }

  it('are found if there are any, the shortest, and nowhere else', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const puts = graph.map((_, index) => call({ by: `n${index}-0`, sent: index, wrote: index + 2 }));
        const waits = graph.flatMap((of, index) =>
          of === undefined ? [] : waitsFor(`n${index}-1`, `k${of}`, of + 2),
        );
        const pending = graph.map((_, index) => `n${index}-1`);
        const entries = graph.flatMap((_, index) => log(`${index + 2}: k${index}=1`));
        const [reason] = waitReasons(stuckRun(pending, [...puts, ...waits], entries));
        const found = reason?.kind === 'circle' ? reason.waits : undefined;
        expect(found?.length).toBe(shortestOf(graph));
        found?.forEach(({ change }, index) => {
          const next = found[(index + 1) % found.length];
          expect(change.by?.node).toBe(next?.waiter.node);
        });
      }),
    );
  });
});

describe('a lost wake-up', () => {
  const held = call({ by: 'h1-1', sent: 1, wrote: 3 });
  const release = call({ by: 'h1-2', sent: 5, wrote: 7 });
  const entries = log('3: a=1', '7: a', '8: z=1');
  const look = call({ by: 'w1-1', sent: 3, reads: ['a@3'], looks: ['a@3'] });

  it('is a change between the read of a key and its watch', () => {
    const calls = [held, look, release, watch('w1-1', watchOf('a', { by: 'w1-1', from: 9 }))];
    expect(said(stuckRun(['w1-1'], calls, entries))).toEqual([
      'the last change of a was its deletion at revision 7 by h1-2, before w1 began to watch from revision 9: the wake-up was lost',
    ]);
  });

  it('is a change that the watch did not report', () => {
    const stream = (...reads: string[]) => watch('w1-1', watchOf('a', { by: 'w1-1', from: 4 }), reads);
    expect(said(stuckRun(['w1-1'], [held, look, release, stream()], entries))).toEqual([
      'the last change of a was its deletion at revision 7 by h1-2, and never reached w1, which watches from revision 4: the wake-up was lost',
    ]);
    expect(said(stuckRun(['w1-1'], [held, look, release, stream('a@7')], entries))).toEqual([]);
  });

  it('is a change after the watch had broken and was not reopened', () => {
    const broken = watch('w1-1', watchOf('a', { by: 'w1-1', from: 4, state: 'broken' }));
    expect(said(stuckRun(['w1-1'], [held, look, release, broken], entries))).toEqual([
      'the last change of a was its deletion at revision 7 by h1-2, and never reached w1, whose watch from revision 4 had broken: the wake-up was lost',
    ]);
    const busy = call({ by: 'w1-1', sent: 12, returned: Infinity });
    expect(said(stuckRun(['w1-1'], [held, look, release, broken, busy], entries))).toEqual([]);
  });

  it('may lie in the middle of the reported events of a range', () => {
    const calls = [
      watch('w1-1', watchOf('a*', { by: 'w1-1', from: 4, state: 'broken' })),
      watch('w1-1', watchOf('a*', { by: 'w1-1', from: 8 }), ['a1@8']),
    ];
    expect(said(stuckRun(['w1-1'], calls, log('5: a1=1', '8: a1=2')))).toEqual([
      'the put of a1 at revision 5 came before w1 began to watch from revision 8: the wake-up was lost',
    ]);
  });

  it('does not exist if the waiter has read since, or made the change itself', () => {
    const open = watch('w1-1', watchOf('a', { by: 'w1-1', from: 9 }));
    const again = call({ by: 'w1-1', sent: 8, looks: ['a@8'] });
    expect(said(stuckRun(['w1-1'], [held, look, release, again, open], entries))).toEqual([]);
    const own = call({ by: 'w1-1', sent: 5, wrote: 7 });
    expect(said(stuckRun(['w1-1'], [held, look, own, open], entries))).toEqual([]);
  });

  it('does not exist if the key was never read before, or only by another operation', () => {
    const open = watch('w1-1', watchOf('a', { by: 'w1-1', from: 9 }));
    expect(said(stuckRun(['w1-1'], [held, release, open], entries))).toEqual([]);
    const other = call({ by: 'w1-0', sent: 3, reads: ['a@3'] });
    expect(said(stuckRun(['w1-1'], [held, other, release, open], entries))).toEqual([]);
  });

  it('of new events only begins after the watch’s creation', () => {
    const stream = (createdRevision?: number) =>
      watch('w1-1', watchOf('a', { by: 'w1-1', from: 0, ...(createdRevision && { createdRevision }) }));
    expect(said(stuckRun(['w1-1'], [held, look, release, stream(8)], entries))).toEqual([
      'the last change of a was its deletion at revision 7 by h1-2, before w1 began to watch from revision 9: the wake-up was lost',
    ]);
    expect(said(stuckRun(['w1-1'], [held, look, release, stream()], entries))).toEqual([]);
  });
});

it('a run that was only stopped, or ended in another way, keeps its problem unchanged', () => {
  const budget = { kind: 'budget', message: 'more than 5 events', waiting: [] } as const;
  expect(withReasons(budget, stuckRun([], [], []))).toBe(budget);
});
