/** Mutual exclusion, read-write locks and semaphores. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checks } from '../../../sim/check/ready/index.js';
import type { History, Operation } from '../../../sim/history/history.js';
import { moment, op, verdictOf } from './histories.js';

const pause = (node: string, from: number, until: number): Partial<History> => ({
  standstills: [{ node, fromUs: from * 1_000_000, untilUs: until * 1_000_000 }],
});

describe('mutual exclusion', () => {
  const check = checks.mutualExclusion({ during: 'hold' });
  const first = op('a hold', [1, 20]);
  const second = op('b hold', [10, 30]);

  it('holds where one after the other is inside', () => {
    expect(verdictOf(check, [op('a hold', [1, 2]), op('b hold', [3, 4])])).toBe('satisfied');
  });

  it('says which two are inside at once', () => {
    expect(verdictOf(check, [first, second])).toMatch(
      /^violated by hold@1, hold@10: hold@10 entered while hold@1 was inside: expected at most 1 at a time, got 2/,
    );
  });

  it('counts a node as inside however the operation ends, for its body has begun', () => {
    expect(verdictOf(check, [op('a hold', [1, 20], { end: 'indefinite' }), second])).toMatch(/^violated/);
    expect(verdictOf(check, [op('a hold', [1, 20], { end: 'failed' }), second])).toMatch(/^violated/);
    expect(verdictOf(check, [op('a hold', [1]), second])).toMatch(/^violated/);
  });

  it('does not count a node that has died', () => {
    const rest = { crashes: [{ node: 'a', at: moment(5) }] };
    expect(verdictOf(check, [op('a hold', [1]), second], rest)).toBe('satisfied');
    expect(verdictOf(check, [op('a hold', [1]), op('b hold', [4, 6])], rest)).toMatch(/^violated/);
  });

  it('keeps what is held apart', () => {
    const [one, other] = [
      op('a hold', [1, 20], { input: { key: 'x' } }),
      op('b hold', [10, 30], { input: { key: 'y' } }),
    ];
    expect(verdictOf(check, [one, other])).toBe('satisfied');
    const all = checks.mutualExclusion({ during: 'hold', key: () => 'all' });
    expect(verdictOf(all, [one, other])).toContain('hold@10 entered all while');
  });

  it('excuses a holder that was paused, for as long as it takes to learn of its loss', () => {
    expect(verdictOf(check, [first, second], pause('a', 2, 9))).toBe('satisfied');
    expect(verdictOf(check, [op('a hold', [1, 25]), second], pause('a', 2, 9))).toMatch(/^violated/);
    expect(verdictOf(check, [first, second], pause('a', 2, 19))).toBe('satisfied');
    const strict = checks.mutualExclusion({ during: 'hold', toldWithinSeconds: 0 });
    expect(verdictOf(strict, [first, second], pause('a', 2, 15))).toMatch(/^violated/);
    expect(verdictOf(strict, [first, second], pause('a', 2, 19))).toBe('satisfied');
  });

  it('excuses no holder for a pause of another node, or for one that was over before it began to wait', () => {
    expect(verdictOf(check, [first, second], pause('c', 2, 19))).toMatch(/^violated/);
    const waited = [op('b look', [0, 8]), first, second];
    expect(verdictOf(check, waited, pause('b', 3, 7))).toMatch(/^violated/);
    expect(verdictOf(check, waited, pause('b', 8.5, 9.5))).toMatch(/^violated/);
    expect(
      verdictOf(check, [op('b look', [0, 8]), first, op('b hold', [10, 18])], pause('b', 8.5, 9.5)),
    ).toBe('satisfied');
  });

  it('excuses a holder whose clock ran slow, and none whose clock ran fast', () => {
    const drift = (perMille: number) => ({
      drifts: [{ node: 'a', fromUs: 0, untilUs: 15_000_000, perMille }],
    });
    const short = op('a hold', [1, 12]);
    expect(verdictOf(check, [short, second], drift(-200))).toBe('satisfied');
    expect(verdictOf(check, [short, second], drift(200))).toMatch(/^violated/);
  });

  it('lets each lease that an operator revoked explain one holder that stays inside, and no more', () => {
    const revoked = (count: number) => ({
      revocations: Array.from({ length: count }, (_, index) => `${index}`),
    });
    const again = [op('a hold', [100, 105]), op('b hold', [102, 110])];
    const once = [op('a hold', [1, 15]), second];
    expect(verdictOf(check, once, revoked(1))).toBe('satisfied');
    expect(verdictOf(check, [...once, ...again], revoked(1))).toMatch(/^violated by hold@100, hold@102/);
    expect(verdictOf(check, [...once, ...again], revoked(2))).toBe('satisfied');
    // It was inside for more than ten seconds after another had come, and so was the other.
    expect(verdictOf(check, [op('a hold', [1, 40]), op('b hold', [10, 40])], revoked(1))).toMatch(
      /^violated/,
    );
  });

  it('takes two operations for the beginning and the end, matched by node and key', () => {
    const pair = checks.mutualExclusion({ acquire: 'lock', release: ['unlock', 'lost'] });
    const on = (key: string) => ({ input: { key } });
    const operations = [
      op('a lock', [1, 2], on('x')),
      op('b lock', [3, 12], on('x')),
      op('a unlock', [10, 11], on('x')),
    ];
    expect(verdictOf(pair, operations)).toBe('satisfied');
    expect(verdictOf(pair, [...operations.slice(0, 2), op('a unlock', [10, 11], on('y'))])).toMatch(
      /^violated by lock@1, lock@3/,
    );
    expect(verdictOf(pair, [...operations.slice(0, 2), op('a lost', [9, 9.5], on('x'))])).toBe('satisfied');
  });

  it('drops an acquire that may not have happened, and ends a span where its release began', () => {
    const pair = checks.mutualExclusion({ acquire: 'lock', release: 'unlock' });
    const unsure = op('a lock', [1, 2], { end: 'indefinite' });
    expect(verdictOf(pair, [unsure, op('b lock', [3, 4])])).toBe('satisfied');
    expect(verdictOf(pair, [op('a lock', [1]), op('b lock', [3, 4])])).toBe('satisfied');
    const release = op('a unlock', [3, 9], { end: 'indefinite' });
    expect(verdictOf(pair, [op('a lock', [1, 2]), release, op('b lock', [2.5, 4])])).toBe('satisfied');
    expect(verdictOf(pair, [op('a lock', [1, 2]), op('b lock', [2.5, 4])])).toMatch(/^violated/);
  });

  it('does not take a try that got nothing for an acquire', () => {
    const tries = [
      op('a try', [1, 2]),
      op('b try', [3, 4], { output: false }),
      op('c try', [5, 6], { output: 'busy' }),
    ];
    const pair = { acquire: 'try', release: 'unlock', whenAbsent: 'satisfied' } as const;
    expect(verdictOf(checks.mutualExclusion(pair), tries.slice(0, 2))).toBe('satisfied');
    expect(verdictOf(checks.mutualExclusion(pair), tries)).toMatch(/^violated/);
    const told = checks.mutualExclusion({ ...pair, acquired: ({ output }) => output === null });
    expect(verdictOf(told, tries)).toBe('satisfied');
  });

  it('may be matched by more than the node', () => {
    const pair = checks.mutualExclusion({
      acquire: 'lock',
      release: 'unlock',
      holder: ({ input }) => input.session,
    });
    const of = (session: number) => ({ input: { session } });
    const two = [op('a lock', [1, 2], of(1)), op('a lock', [3, 6], of(2))];
    expect(verdictOf(pair, [...two, op('a unlock', [5, 8], of(1))])).toBe('satisfied');
    expect(verdictOf(pair, [...two, op('a unlock', [5, 8], of(2))])).toMatch(/^violated/);
  });

  describe('with fencing', () => {
    const fenced = checks.mutualExclusion({ during: 'hold', fencing: ({ output }) => output.token });
    const hold = (who: string, times: readonly [number, number], token: number, revision?: number) =>
      op(`${who} hold`, times, { output: { token }, ...(revision === undefined ? {} : { revision }) });

    it('holders may overlap', () => {
      expect(verdictOf(fenced, [hold('a', [1, 9], 5), hold('b', [2, 8], 7)])).toBe('satisfied');
    });

    it('what they did is in the order of their tokens, in real time and by revision', () => {
      expect(verdictOf(fenced, [hold('b', [1, 2], 7), hold('a', [3, 4], 5)])).toMatch(
        /^violated by hold@1, hold@3: .*token 5 after hold@1 with token 7/,
      );
      expect(verdictOf(fenced, [hold('b', [1, 9], 7, 20), hold('a', [2, 8], 5, 21)])).toMatch(
        /token 5 after/,
      );
      expect(verdictOf(fenced, [hold('b', [1, 9], 7, 22), hold('a', [2, 8], 5, 21)])).toBe('satisfied');
    });

    it('no holder has a token that another has', () => {
      expect(verdictOf(fenced, [hold('a', [1, 2], 5), hold('b', [3, 4], 5)])).toMatch(
        /both held with token 5/,
      );
    });

    it('what did not end ok was not accepted', () => {
      const refused = op('a hold', [3, 4], { end: 'failed' });
      const unsure = op('a hold', [5, 6], { end: 'indefinite' });
      expect(verdictOf(fenced, [hold('b', [1, 2], 7), refused, unsure, op('c hold', [7])])).toBe('satisfied');
    });
  });
});

describe('a read-write lock', () => {
  const check = checks.readWriteLock({ read: 'read', write: 'write' });

  it('lets readers be many, and a writer alone', () => {
    expect(verdictOf(check, [op('a read', [1, 5]), op('b read', [2, 6]), op('c write', [7, 8])])).toBe(
      'satisfied',
    );
    expect(verdictOf(check, [op('a read', [1, 5]), op('c write', [4, 8])])).toMatch(
      /^violated by read@1, write@4: write@4 began to write while read@1 still read/,
    );
    expect(verdictOf(check, [op('c write', [1, 5]), op('a read', [4, 8])])).toMatch(
      /read@4 began to read while write@1 still wrote/,
    );
    expect(verdictOf(check, [op('c write', [1, 5]), op('a write', [4, 8])])).toMatch(
      /write@4 began to write while write@1/,
    );
  });

  it('excuses the one reader that was paused, and not the one beside it', () => {
    const operations = [op('a read', [1, 12]), op('b read', [2, 6]), op('c write', [7, 13])];
    expect(verdictOf(check, operations)).toMatch(/^violated/);
    expect(verdictOf(check, operations, pause('a', 3, 11))).toBe('satisfied');
    const both = [op('a read', [1, 12]), op('b read', [2, 8]), op('c write', [7, 13])];
    expect(verdictOf(check, both, pause('a', 3, 11))).toMatch(/^violated by read@2, write@7/);
  });
});

describe('a semaphore', () => {
  const check = checks.semaphore({ during: 'hold', permits: 2 });

  it('lets in as many as it has permits', () => {
    const two = [op('a hold', [1, 9]), op('b hold', [2, 8])];
    expect(verdictOf(check, two)).toBe('satisfied');
    expect(verdictOf(check, [...two, op('c hold', [9.5, 10])])).toBe('satisfied');
    expect(verdictOf(check, [...two, op('c hold', [3, 4])])).toMatch(
      /^violated by hold@1, hold@2, hold@3: hold@3 entered while hold@1, hold@2 were inside: expected at most 2 at a time, got 3/,
    );
  });

  it('does not count one that was paused', () => {
    const three = [op('a hold', [1, 12]), op('b hold', [2, 8]), op('c hold', [5, 7])];
    expect(verdictOf(check, three, pause('a', 3, 11))).toBe('satisfied');
    expect(verdictOf(check, [...three, op('d hold', [6, 7])], pause('a', 3, 11))).toMatch(
      /^violated by hold@2, hold@5, hold@6/,
    );
  });
});

describe('against every choice of who may be left out', () => {
  const holds = fc
    .array(fc.record({ from: fc.nat(20), length: fc.integer({ min: 1, max: 9 }) }), { maxLength: 6 })
    .map((drawn) =>
      // All moments differ, as they do in a run; a second has room for many.
      drawn.map(({ from, length }, index): Operation => {
        const start = from + index / 100;
        return { ...op(`n${index} hold`, [start, start + length + 0.005]), id: `h${index}` };
      }),
    );

  /** Whether no moment has too many of these. */
  function isQuiet(spans: readonly Operation[], permits: number): boolean {
    return spans.every(({ invoke }) => {
      const inside = spans.filter(
        (one) => one.invoke.sequence <= invoke.sequence && (one.return?.sequence ?? 0) > invoke.sequence,
      );
      return inside.length <= permits;
    });
  }

  function isExplained(spans: readonly Operation[], permits: number, left: number): boolean {
    if (isQuiet(spans, permits)) return true;
    return (
      left > 0 &&
      spans.some((one) =>
        isExplained(
          spans.filter((other) => other !== one),
          permits,
          left - 1,
        ),
      )
    );
  }

  it('too many are inside where no choice explains it', () => {
    const seen = { satisfied: 0, violated: 0 };
    const cases = fc.tuple(holds, fc.integer({ min: 1, max: 3 }), fc.nat(2));
    fc.assert(
      fc.property(cases, ([spans, permits, count]) => {
        const rest = { revocations: Array.from({ length: count }, (_, index) => `${index}`) };
        const expected = isExplained(spans, permits, count) ? 'satisfied' : 'violated';
        expect(verdictOf(checks.semaphore({ during: 'hold', permits }), spans, rest)).toMatch(expected);
        seen[expected] += 1;
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(seen.satisfied, seen.violated)).toBeGreaterThan(300);
  });
});
