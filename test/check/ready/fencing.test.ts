/** Guarded writes and their tokens. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checks } from '../../../sim/check/ready/index.js';
import { op, verdictOf } from './histories.js';

const check = checks.fencing({ write: 'write' });
const write = (who: string, times: readonly [number, number?], token: number, place = 'x') =>
  op(`${who} write`, times, { input: { token, place } });

it('tokens may stay and grow, and never go back', () => {
  expect(verdictOf(check, [write('a', [1, 2], 5), write('a', [3, 4], 5), write('b', [5, 6], 7)])).toBe(
    'satisfied',
  );
  expect(verdictOf(check, [write('b', [1, 2], 7), write('c', [3, 4], 8), write('a', [5, 6], 5)])).toMatch(
    /^violated by write@3, write@5: write@5 was accepted in x with token 5 after write@3 with token 8/,
  );
});

it('each place by itself', () => {
  expect(verdictOf(check, [write('b', [1, 2], 7, 'x'), write('a', [3, 4], 5, 'y')])).toBe('satisfied');
});

it('a write that was refused, or may have been, was not accepted', () => {
  const refused = { ...write('a', [3, 4], 5), outcome: op('a write', [3, 4], { end: 'failed' }).outcome };
  const unsure = write('a', [5], 5);
  expect(verdictOf(check, [write('b', [1, 2], 7), refused as ReturnType<typeof op>, unsure])).toBe(
    'satisfied',
  );
});

it('a write that ended ok with false was not accepted, unless the options say otherwise', () => {
  const tried = op('a write', [3, 4], { input: { token: 5, place: 'x' }, output: false });
  expect(verdictOf(check, [write('b', [1, 2], 7), tried])).toBe('satisfied');
  const all = checks.fencing({ write: 'write', accepted: () => true });
  expect(verdictOf(all, [write('b', [1, 2], 7), tried])).toMatch(/^violated/);
});

it('revisions come as texts, too, and a token that is no number is reported', () => {
  const text = (token: string) => op('a write', [3, 4], { input: { token } });
  expect(verdictOf(check, [op('b write', [1, 2], { input: { token: '7' } }), text('5')])).toMatch(
    /^violated/,
  );
  expect(() => verdictOf(check, [text('five')])).toThrow(/number for write@3 \(a\), got "five"/);
});

it('is wrong where some pair is', () => {
  const writes = fc.array(fc.record({ from: fc.nat(20), length: fc.nat(8), token: fc.nat(4) }), {
    maxLength: 6,
  });
  const seen = { satisfied: 0, violated: 0 };
  fc.assert(
    fc.property(writes, (drawn) => {
      const operations = drawn.map(({ from, length, token }, index) =>
        write(`n${index}`, [from + index / 100, from + index / 100 + length + 0.005], token),
      );
      const isStale = operations.some((stale) =>
        operations.some(
          (newer) =>
            (newer.return?.sequence ?? 0) < stale.invoke.sequence &&
            (newer.input as { token: number }).token > (stale.input as { token: number }).token,
        ),
      );
      const expected = isStale ? 'violated' : 'satisfied';
      expect(verdictOf(check, operations)).toMatch(expected);
      seen[expected] += 1;
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(seen.satisfied, seen.violated)).toBeGreaterThan(200);
});
