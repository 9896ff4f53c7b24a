import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closestName, editDistance } from '../../sim/input/closest-name.js';
import { quote, singleLine } from '../../sim/input/parsed.js';

describe('the edit distance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['seed', 'sede', 1],
    ['ca', 'abc', 3],
    ['partitoin', 'partition', 1],
  ])('between %j and %j is %d', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
  });

  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });

  it('is the same in both directions, and 0 for equal words only', () => {
    fc.assert(
      fc.property(word, word, (from, to) => {
        expect(editDistance(from, to)).toBe(editDistance(to, from));
        expect(editDistance(from, to) === 0).toBe(from === to);
      }),
    );
  });

  it('lies between the difference of the lengths and the longer length', () => {
    fc.assert(
      fc.property(word, word, (from, to) => {
        const distance = editDistance(from, to);
        expect(distance).toBeGreaterThanOrEqual(Math.abs(from.length - to.length));
        expect(distance).toBeLessThanOrEqual(Math.max(from.length, to.length));
      }),
    );
  });
});

describe('the closest name', () => {
  const names = ['stm', 'txn', 'etcd3', 'lost-update'];

  it.each([
    ['tnx', 'txn'],
    ['TXN', 'txn'],
    ['lost_update', 'lost-update'],
    ['lostupdate', 'lost-update'],
    ['etcd', 'etcd3'],
    ['zebra', undefined],
    ['', undefined],
    ['x'.repeat(1000), undefined],
  ])('to %j is %j', (typed, name) => {
    expect(closestName(typed, names)).toBe(name);
  });

  it('is the first of equally close ones', () => {
    expect(closestName('cat', ['bat', 'hat'])).toBe('bat');
  });
});

describe('foreign text', () => {
  it('is one printable line for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const printed of [quote(text), singleLine(text)]) {
          expect(printed).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
