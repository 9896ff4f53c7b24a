import fc from 'fast-check';
import { expect, it } from 'vitest';
import { staleWriteOf, type GuardedWrite } from '../../sim/check/fencing.js';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5000);

const writes = fc
  .array(fc.record({ place: fc.constantFrom('a', 'b'), step: fc.integer({ min: -1, max: 3 }) }), {
    maxLength: 8,
  })
  .map((drawn) => {
    let token = 5;
    return drawn.map(({ place, step }, index): GuardedWrite => {
      token += step;
      return { place, token, revision: 100 + index };
    });
  });

it('a write is stale iff an earlier write of the same place had a newer token, and the first such write is named', () => {
  const seen = { fenced: 0, stale: 0 };
  fc.assert(
    fc.property(writes, (list) => {
      const isStale = (write: GuardedWrite, index: number) =>
        list.slice(0, index).some(({ place, token }) => place === write.place && token > write.token);
      const expected = list.find(isStale);
      const found = staleWriteOf(list);
      expect(found?.stale).toBe(expected);
      if (found !== undefined) {
        const { newer, stale } = found;
        expect(newer.place).toBe(stale.place);
        expect(newer.token).toBeGreaterThan(stale.token);
        expect(newer.revision).toBeLessThan(stale.revision);
      }
      seen[found === undefined ? 'fenced' : 'stale'] += 1;
    }),
    { numRuns: ROUNDS },
  );
  expect(seen.fenced).toBeGreaterThan(ROUNDS / 10);
  expect(seen.stale).toBeGreaterThan(ROUNDS / 10);
});

it('the same holder writes again with its token', () => {
  const write = (token: number, revision: number): GuardedWrite => ({ place: 'a', token, revision });
  expect(staleWriteOf([write(3, 5), write(3, 6), write(8, 9)])).toBeUndefined();
});
