import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimize } from '../../sim/explore/shrink/minimize.js';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A test that needs all of these, and counts its calls. */
function needing(needed: readonly number[]) {
  const asked: (readonly number[])[] = [];
  return {
    asked,
    isEnough: (kept: readonly number[]) => {
      asked.push(kept);
      return Promise.resolve(needed.every((number) => kept.includes(number)));
    },
  };
}

describe('the rest of a list', () => {
  it('is exactly what is needed, in its order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.array(fc.nat(59)), async (count, drawn) => {
        const needed = drawn.filter((number) => number < count);
        const kept = await minimize(numbers(count), needing(needed).isEnough);
        expect(kept).toEqual([...new Set(needed)].sort((a, b) => a - b));
      }),
    );
  });

  it('can lose no single item if the needed items depend on the others', async () => {
    const subsets = fc.array(fc.uniqueArray(fc.nat(9), { minLength: 1 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(subsets, async (alternatives) => {
        const isEnough = (kept: readonly number[]) =>
          Promise.resolve(alternatives.some((needed) => needed.every((number) => kept.includes(number))));
        const start = numbers(10);
        const kept = await minimize(start, isEnough);
        expect(await isEnough(kept)).toBe(true);
        for (const spared of kept) {
          expect(await isEnough(kept.filter((number) => number !== spared))).toBe(false);
        }
      }),
    );
  });

  it('is empty if nothing is needed, after one call', async () => {
    const { asked, isEnough } = needing([]);
    expect(await minimize(numbers(1000), isEnough)).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('takes few calls if few of many items are needed', async () => {
    const { asked, isEnough } = needing([137, 900]);
    await minimize(numbers(1024), isEnough);
    expect(asked.length).toBeLessThan(80);
  });
});
