/** Lost updates, reads that go back, watches, and caches that should be equal in the end. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checks } from '../../../sim/check/ready/index.js';
import type { Json } from '../../../sim/input/json.js';
import type { LogEntry, Operation } from '../../../sim/history/history.js';
import { logOf, op, verdictOf } from './histories.js';

const unsure = { end: 'indefinite' } as const;

describe('no lost update', () => {
  const check = checks.noLostUpdate({ update: 'add', key: 'n' });
  const add = (from: number, revision?: number, rest = {}) =>
    op('a add', [from, from + 1], { ...(revision === undefined ? {} : { revision }), ...rest });

  it('is where each addition grows the value', () => {
    const log = logOf({ n: '0' }, { n: '1' }, { n: '3', m: '9' });
    expect(verdictOf(check, [add(1, 3), add(3, 4, { input: { by: 2 } })], { log })).toBe('satisfied');
    expect(verdictOf(check, [add(1, 2)], { log: logOf({ n: '1' }) })).toBe('satisfied');
  });

  it('is broken by an addition to what was there before, and names whose was lost', () => {
    const log = logOf({ n: '0' }, { n: '1' }, { n: '1' });
    expect(verdictOf(check, [add(1, 3), add(3, 4)], { log })).toMatch(
      /^violated by add@1, add@3: add@3 added 1 to n at revision 4 and made it 1 from 1, which add@1 had written: expected 2/,
    );
  });

  it('shows in the total if no operation reported a revision', () => {
    const three = [add(1), add(3), add(5)];
    expect(verdictOf(check, three, { log: logOf({ n: '0' }, { n: '3' }) })).toBe('satisfied');
    expect(verdictOf(check, three, { log: logOf({ n: '7' }, { n: '10' }) })).toBe('satisfied');
    expect(verdictOf(check, three, { log: logOf({ n: '0' }, { n: '2' }) })).toMatch(
      /^violated by add@1, add@3, add@5: n ends at 2 after 3 additions: expected 3 more than at first/,
    );
    expect(verdictOf(check, three, { log: logOf({ n: '0' }, { n: '4' }) })).toMatch(/ends at 4/);
  });

  it('takes an addition without an answer for one that may have happened', () => {
    const open = [add(1), add(3, undefined, unsure), op('b add', [5])];
    for (const [end, verdict] of [
      ['0', 'violated'],
      ['1', 'satisfied'],
      ['3', 'satisfied'],
      ['4', 'violated'],
    ] as const) {
      expect(verdictOf(check, open, { log: logOf({ n: '0' }, { n: end }) })).toMatch(verdict);
    }
    const failed = [add(1), add(3, undefined, { end: 'failed' })];
    expect(verdictOf(check, failed, { log: logOf({ n: '0' }, { n: '2' }) })).toMatch(/^violated/);
  });

  it('is judged by what updates read, where the options say what', () => {
    const own = checks.noLostUpdate({ update: 'set', read: ({ output }) => output.was });
    const set = (from: number, was: Json, revision?: number) =>
      op('a set', [from, from + 1], {
        input: { key: 'k' },
        output: { was },
        ...(revision === undefined ? {} : { revision }),
      });
    const log = logOf({ k: 'x' }, { k: 'y' }, { k: 'z' });
    expect(verdictOf(own, [set(1, null, 2), set(3, 'x', 3), set(5, 'y', 4)], { log })).toBe('satisfied');
    expect(verdictOf(own, [set(3, 'x', 3), set(5, 'x', 4)], { log })).toMatch(
      /^violated by set@3, set@5: set@5 read x from k and overwrote y at revision 4, which set@3 had written/,
    );
    expect(verdictOf(own, [set(3, 'x'), set(5, 'x')], { log })).toMatch(
      /set@3 and set@5 both read x from k and wrote/,
    );
    const again = logOf({ k: 'x' }, { k: 'y' }, { k: 'x' }, { k: 'z' });
    expect(verdictOf(own, [set(3, 'x'), set(5, 'x')], { log: again })).toBe('satisfied');
  });

  it('cannot be judged where the log has no such key', () => {
    expect(verdictOf(check, [add(1)], { log: logOf({ m: '0' }) })).toMatch(
      /^inconclusive: expected n in the log, got none/,
    );
  });
});

describe('monotonic reads', () => {
  const check = checks.monotonicReads({ read: 'get' });
  const get = (who: string, times: readonly [number, number?], value: Json, rest = {}) =>
    op(`${who} get`, times, { input: { key: 'k' }, output: value, ...rest });
  const log = logOf({ k: 'a' }, { k: 'b' }, { k: null }, { k: 'a' });

  it('never go back', () => {
    expect(
      verdictOf(
        check,
        [get('x', [1, 2], null), get('x', [3, 4], 'b'), get('x', [5, 6], null), get('x', [7, 8], 'a')],
        { log },
      ),
    ).toBe('satisfied');
    expect(
      verdictOf(check, [get('x', [1, 2], 'b'), get('x', [3, 4], 'a'), get('x', [5, 6], null)], { log }),
    ).toMatch(
      /^violated by get@3, get@5: get@5 read nothing from k after get@3 had read revision 5: expected nothing older/,
    );
  });

  it('are those of one node, one after the other, with an answer', () => {
    expect(
      verdictOf(check, [get('x', [1, 2], 'a'), get('y', [3, 4], null), get('x', [5, 6], 'b')], { log }),
    ).toBe('satisfied');
    const back = [get('x', [1, 2], 'b'), get('x', [3, 4], 'a'), get('x', [7, 8], 'b')];
    expect(verdictOf(check, back, { log })).toMatch(/^violated by get@3, get@7/);
    expect(
      verdictOf(check, [back[0] ?? get('x', [1], 'b'), get('x', [3, 8], 'a'), get('x', [7, 9], 'b')], {
        log,
      }),
    ).toBe('satisfied');
    expect(
      verdictOf(
        check,
        [back[0] ?? get('x', [1], 'b'), get('x', [3, 4], 'a'), get('x', [5, 6], 'b', unsure)],
        { log },
      ),
    ).toBe('satisfied');
    const session = checks.monotonicReads({ read: 'get', session: () => 'all' });
    expect(
      verdictOf(session, [get('x', [1, 2], 'b'), get('y', [3, 4], 'a'), get('z', [5, 6], 'b')], { log }),
    ).toMatch(/^violated/);
  });

  it('are compared by a version where the options say which', () => {
    const own = checks.monotonicReads({ read: 'get', version: ({ output }) => output.revision });
    const at = (from: number, revision: Json) => op('x get', [from, from + 1], { output: { revision } });
    expect(verdictOf(own, [at(1, 4), at(3, '4'), at(5, 6)])).toBe('satisfied');
    expect(verdictOf(own, [at(1, 4), at(3, 3)])).toMatch(
      /get@3 read version 3 after get@1 had read revision 4/,
    );
  });

  it('of what the log does not have are not judged', () => {
    expect(verdictOf(check, [get('x', [1, 2], 'z')], { log })).toMatch(
      /^inconclusive: get@1 read z from k, which is not in the log/,
    );
  });

  it('go back where no choice of versions does not', () => {
    const values = ['a', 'b', null] as const;
    const changes = fc.array(fc.constantFrom(...values), { maxLength: 5 });
    const reads = fc.array(
      fc.record({ from: fc.nat(12), length: fc.nat(4), value: fc.constantFrom(...values) }),
      { minLength: 1, maxLength: 5 },
    );
    const seen = { satisfied: 0, violated: 0 };
    fc.assert(
      fc.property(changes, reads, (writes, drawn) => {
        const own = logOf({ other: '1' }, ...writes.map((k) => ({ k })));
        const operations = drawn.map(({ from, length, value }, index) =>
          get('x', [from + index / 100, from + length + index / 100 + 0.005], value),
        );
        const states: (string | null)[] = [null, ...writes];
        if (operations.some((one) => !states.includes(valueOf(one)))) return;
        const expected = canPlace(operations, states) ? 'satisfied' : 'violated';
        expect(verdictOf(check, operations, { log: own })).toMatch(expected);
        seen[expected] += 1;
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(seen.satisfied, seen.violated)).toBeGreaterThan(150);
  });

  function valueOf({ outcome }: Operation) {
    return outcome?.kind === 'ok' ? (outcome.output as string | null) : null;
  }

  /** Whether each read can be given a place among the states so that none goes back. */
  function canPlace(operations: readonly Operation[], states: readonly (string | null)[]): boolean {
    const byInvocation = [...operations].sort((one, other) => one.invoke.sequence - other.invoke.sequence);
    const place = (index: number, places: readonly number[]): boolean => {
      const operation = byInvocation[index];
      if (operation === undefined) return true;
      const before = byInvocation
        .slice(0, index)
        .map((other, at) =>
          (other.return?.sequence ?? Infinity) < operation.invoke.sequence ? (places[at] ?? 0) : 0,
        );
      const least = Math.max(0, ...before);
      return states.some(
        (state, at) => at >= least && state === valueOf(operation) && place(index + 1, [...places, at]),
      );
    };
    return place(0, []);
  }
});

describe('watch guarantees', () => {
  const check = checks.watchGuarantees({ watch: 'watch' });
  const log = logOf({ 'k/a': '1' }, { 'k/b': '2', x: '3' }, { 'k/a': null });
  const events: Json[] = [
    { type: 'put', key: 'k/a', value: '1', revision: 2 },
    { type: 'put', key: 'k/b', value: '2', revision: 3 },
    { type: 'delete', key: 'k/a', revision: 4 },
  ];
  const watch = (told: Json, input: Json = { prefix: 'k/', from: 2 }, rest = {}) =>
    op('w watch', [1, 9], { input, output: { events: told }, ...rest });

  it('are that a watch receives everything, in order, once', () => {
    expect(verdictOf(check, [watch(events)], { log })).toBe('satisfied');
    expect(verdictOf(check, [watch(events.slice(0, 2))], { log })).toBe('satisfied');
    expect(verdictOf(check, [watch([events[0] ?? null, events[2] ?? null])], { log })).toMatch(
      /^violated by watch@1: watch@1, reliable: put of k\/b at revision 3 was missing before delete of k\/a at revision 4 \(watch@1 by w\)/,
    );
    expect(verdictOf(check, [watch([...events, ...events])], { log })).toMatch(/ordered/);
  });

  it('begin anywhere where nothing is asked for, and with what is asked for', () => {
    expect(verdictOf(check, [watch(events.slice(1), { prefix: 'k/' })], { log })).toBe('satisfied');
    expect(verdictOf(check, [watch(events.slice(1))], { log })).toMatch(/was missing before/);
    expect(
      verdictOf(check, [watch([events[0] ?? null, events[2] ?? null], { key: 'k/a', from: 2 })], { log }),
    ).toBe('satisfied');
  });

  it('hold whole revisions together, if the batches are known', () => {
    const both = logOf({ 'k/a': '1', 'k/b': '2' });
    const [first, second] = [events[0] ?? null, { type: 'put', key: 'k/b', value: '2', revision: 2 }];
    expect(verdictOf(check, [watch([first, second])], { log: both })).toBe('satisfied');
    expect(verdictOf(check, [watch([[first], [second]])], { log: both })).toMatch(
      /atomic: revision 2 was delivered in parts/,
    );
  });

  it('say nothing of a watch without an answer', () => {
    expect(verdictOf(check, [watch([], null, unsure), op('w watch', [10])], { log })).toBe('satisfied');
  });

  it('are read from where the options say, and refuse what makes no sense', () => {
    const own = checks.watchGuarantees({
      watch: 'watch',
      watched: () => (key: string) => key !== 'x',
      events: ({ output }) => output.all,
      from: () => 3,
      onlyPuts: () => true,
      bookmarks: ({ output }) => output.progress,
      resumedBefore: () => [],
    });
    const told = (output: Json) => op('w watch', [1, 9], { output });
    expect(
      verdictOf(own, [told({ all: events.slice(1, 2), progress: [{ revision: 4, afterBatches: 1 }] })], {
        log,
      }),
    ).toBe('satisfied');
    expect(
      verdictOf(own, [told({ all: [], progress: [{ revision: 4, afterBatches: 0 }] })], { log }),
    ).toMatch(/bookmarkable/);
    expect(() => verdictOf(own, [told({ all: [{ kind: 'put' }] })], { log })).toThrow(
      /watch@1 \(w\).*list of events/,
    );
  });
});

describe('eventually equal', () => {
  const check = checks.eventuallyEqual({ view: 'view', keys: 'k/' });
  const view = (who: string, from: number, state: Json) =>
    op(`${who} view`, [from, from + 1], { output: { state } });
  const write = (from: number, revision?: number, rest = {}) =>
    op('w put', [from, from + 1], { ...(revision === undefined ? {} : { revision }), ...rest });
  const log: LogEntry[] = logOf({ 'k/a': '1' }, { 'k/a': '2', 'k/b': '3' });

  it('is the last view of each to what etcd has', () => {
    const operations = [
      write(1, 2),
      view('x', 2, {}),
      write(3, 3),
      view('x', 5, { a: 2, b: '3' }),
      view('y', 5.5, { a: '2', b: '3' }),
    ];
    expect(verdictOf(check, operations, { log })).toBe('satisfied');
    expect(verdictOf(check, [...operations, view('y', 7, { a: '1' })], { log })).toMatch(
      /^violated by put@3, view@7: y ends with a = 1: expected 2, as in etcd \(put@3 by w, view@7 by y\)/,
    );
    expect(verdictOf(check, [...operations, view('y', 7, { a: '9' })], { log })).toMatch(
      /y ends with a = 9: expected 2/,
    );
  });

  it('is not judged where a write may have come after the view', () => {
    expect(verdictOf(check, [view('x', 1, { a: '1' }), write(3, 3)], { log })).toMatch(
      /^inconclusive: x ends with a = 1, but revision 3 may have come after view@1/,
    );
    expect(verdictOf(check, [write(1, 3, unsure), view('x', 5, { a: '1' })], { log })).toMatch(
      /^inconclusive/,
    );
  });

  describe('by the times of commits', () => {
    const commits = [
      { revision: 2, timeUs: 1_000_000 },
      { revision: 3, timeUs: 4_000_000 },
    ];

    it('is judged by what etcd had when the view was taken', () => {
      const views = [view('x', 2, { a: '1' }), view('y', 5, { a: '2', b: '3' })];
      expect(verdictOf(check, views, { log, commits })).toBe('satisfied');
    });

    it('is stale if no operation reported the write, but the commit was long before', () => {
      expect(verdictOf(check, [view('x', 6, { a: '1' })], { log, commits })).toMatch(
        /^violated by view@6: x ends with a = 1: expected 2, as in etcd/,
      );
      expect(
        verdictOf(check, [write(3.5, undefined, unsure), view('x', 6, { a: '1' })], { log, commits }),
      ).toMatch(/^violated/);
    });

    it('may change while it is taken', () => {
      expect(verdictOf(check, [view('x', 3.5, { a: '1' })], { log, commits })).toBe('satisfied');
      expect(verdictOf(check, [view('x', 3.5, { a: '2', b: '3' })], { log, commits })).toBe('satisfied');
    });

    it('is right at its time, even if etcd has returned to its state since', () => {
      const back = logOf({ 'k/a': '1' }, { 'k/a': '2' }, { 'k/a': '1' });
      const times = [...commits, { revision: 4, timeUs: 9_000_000 }];
      expect(verdictOf(check, [view('x', 6, { a: '1' })], { log: back, commits: times })).toMatch(
        /^violated/,
      );
      expect(verdictOf(check, [view('x', 6, { a: '2' })], { log: back, commits: times })).toBe('satisfied');
    });

    it('is undecided where it lags by little, unless the test says how much it may', () => {
      const views = [view('x', 4.3, { a: '1' })];
      expect(verdictOf(check, views, { log, commits })).toMatch(
        /^inconclusive: x ends with a = 1, but revision 3 came only 300 ms before view@4.3: take the views later/,
      );
      const within = (withinMs: number) => checks.eventuallyEqual({ view: 'view', keys: 'k/', withinMs });
      expect(verdictOf(within(500), views, { log, commits })).toBe('satisfied');
      expect(verdictOf(within(200), views, { log, commits })).toMatch(/^violated/);
    });
  });

  it('names keys with the prefix or without it', () => {
    const full = view('x', 5, { 'k/a': '2', 'k/b': '3' });
    expect(verdictOf(check, [write(1, 2), write(3, 3), full], { log })).toBe('satisfied');
    const nested = logOf({ 'k/k/a': '1' });
    expect(verdictOf(check, [view('x', 5, { 'k/a': '1' })], { log: nested })).toBe('satisfied');
    expect(verdictOf(check, [view('x', 5, { 'k/k/a': '1' })], { log: nested })).toBe('satisfied');
  });

  describe('among each other', () => {
    const own = checks.eventuallyEqual({
      view: 'view',
      of: ({ input }) => input,
      state: ({ output }) => output,
    });
    const holds = (of: string, from: number, state: Json) =>
      op('n view', [from, from + 1], { input: of, output: state });

    it('are the last views of all', () => {
      expect(verdictOf(own, [holds('a', 1, [1]), holds('a', 3, [2]), holds('b', 5, [2])])).toBe('satisfied');
      expect(verdictOf(own, [holds('a', 1, [1]), holds('b', 5, [2])])).toMatch(
        /^violated by view@1, view@5: a ends with \[1\] and b with \[2\]: expected the same/,
      );
    });

    it('are not judged where something may have come between', () => {
      const views = [holds('a', 5, [1]), holds('b', 7, [2])];
      expect(verdictOf(own, [write(1, 2), ...views], { log: logOf({ k: '1' }) })).toMatch(/^violated/);
      expect(verdictOf(own, [write(6), ...views])).toMatch(/^inconclusive: .*put@6 may have come between/);
      expect(verdictOf(own, [write(1, undefined, unsure), ...views])).toMatch(/put@1 may have come between/);
      expect(verdictOf(own, [write(1, undefined, { end: 'failed' }), ...views])).toMatch(/^violated/);
      // Every change in the log belongs to an operation that returned in time.
      const explained = [write(1, 2), write(3, undefined, unsure), ...views];
      expect(verdictOf(own, explained, { log: logOf({ k: '1' }) })).toMatch(/^violated/);
      expect(verdictOf(own, explained, { log: logOf({ k: '1' }, { k: '2' }) })).toMatch(/^inconclusive/);
      expect(verdictOf(own, [write(6, 2), ...views], { log: logOf({ k: '1' }) })).toMatch(/^inconclusive/);
    });
  });
});
