import fc from 'fast-check';
import { expect, it } from 'vitest';
import { overlapsOf, type Holding } from '../../sim/check/exclusion.js';

const holdings = fc
  .array(
    fc.record({
      lock: fc.constantFrom('a', 'b'),
      mode: fc.constantFrom('write' as const, 'read' as const),
      from: fc.nat(40),
      length: fc.oneof(fc.integer({ min: 1, max: 15 }), fc.constant(Infinity)),
    }),
    { maxLength: 7 },
  )
  .map((drawn) =>
    // All moments differ, as they do in a run.
    drawn.map(({ lock, mode, from, length }, index): Holding => {
      const start = from * 10 + index;
      return { id: `h${index}`, lock, mode, start, end: start + length * 10 + 5 };
    }),
  );

const excludes = (one: Holding, other: Holding) =>
  one.lock === other.lock && (one.mode === 'write' || other.mode === 'write');

it('the check of every pair finds the same overlapping holders', () => {
  fc.assert(
    fc.property(holdings, (list) => {
      const expected = list.filter((second) =>
        list.some(
          (first) => excludes(first, second) && first.start < second.start && first.end > second.start,
        ),
      );
      const overlaps = overlapsOf(list);
      expect(overlaps.map(({ second }) => second.id).sort()).toEqual(expected.map(({ id }) => id).sort());
      for (const { first, second } of overlaps) {
        expect(excludes(first, second) && first.start < second.start && first.end > second.start).toBe(true);
      }
    }),
    { numRuns: 5000 },
  );
});

it('a hundred thousand holders in sequence do not overlap', () => {
  const list = Array.from({ length: 100_000 }, (_, index): Holding => {
    const start = index * 2;
    return { id: `h${index}`, lock: 'a', mode: 'write', start, end: start + 1 };
  });
  expect(overlapsOf(list)).toEqual([]);
});
