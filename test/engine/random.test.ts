import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../sim/engine/random.js';

describe('random streams', () => {
  it('yield the same numbers for the same seed and key', () => {
    const draw = () =>
      Array.from({ length: 5 }, (_, index) => new RandomStreams('s').stream(`k${index}`).uint32());
    expect(draw()).toEqual(draw());
    // Pinned: a change here changes every seed's run.
    expect(new RandomStreams('s').stream('k').uint32()).toMatchInlineSnapshot(`1195025271`);
  });

  it('do not disturb each other', () => {
    const alone = new RandomStreams('s');
    const expected = [alone.stream('a').uint32(), alone.stream('a').uint32()];
    const mixed = new RandomStreams('s');
    const first = mixed.stream('a').uint32();
    mixed.stream('b').uint32();
    mixed.constant('a');
    expect([first, mixed.stream('a').uint32()]).toEqual(expected);
  });

  it('differ between seeds and between keys', () => {
    const draws = ['s/a', 's/b', 't/a'].map((name) => {
      const [seed = '', key = ''] = name.split('/');
      return new RandomStreams(seed).stream(key).uint32();
    });
    expect(new Set(draws).size).toBe(3);
  });

  it('draw integers within both bounds and reach both', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), fc.nat(5), fc.nat(1000), (min, span, seed) => {
        const stream = new RandomStreams(String(seed)).stream('k');
        const seen = new Set(Array.from({ length: 200 }, () => stream.integer(min, min + span)));
        expect(Math.min(...seen)).toBe(min);
        expect(Math.max(...seen)).toBe(min + span);
      }),
      { numRuns: 50 },
    );
  });
});
