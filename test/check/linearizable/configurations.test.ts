/** Which configurations a search keeps, and how it counts them. */
import { describe, expect, it } from 'vitest';
import { Configurations, type Configuration } from '../../../sim/check/linearizable/configurations.js';

const BITS = 80;

const configuration = (state: string, done: bigint, used: bigint): Configuration<string> => ({
  ...{ state, done, used },
  last: [],
});

function configurations(...added: readonly Configuration<string>[]) {
  const all = new Configurations<string>((state) => state);
  const answers = added.map((one) => all.add(one, BITS));
  return { all, answers, kept: [...all.all()] };
}

describe('a configuration', () => {
  it('is kept if it is new: another state, or other finished calls', () => {
    const added = [configuration('a', 0n, 0n), configuration('b', 0n, 0n), configuration('a', 1n, 0n)];
    const { all, answers, kept } = configurations(...added);
    expect(answers).toEqual([true, true, true]);
    expect(kept).toEqual(added);
    expect(all.size).toBe(3);
  });

  it('is left out if one like it has used up no more calls', () => {
    const first = configuration('a', 1n, 0b01n);
    const { all, answers, kept } = configurations(first, { ...first }, configuration('a', 1n, 0b11n));
    expect(answers).toEqual([true, false, false]);
    expect(kept).toEqual([first]);
    expect(all.size).toBe(1);
  });

  it('takes the place of all that have used up more', () => {
    const more = [configuration('a', 0n, 0b011n), configuration('a', 0n, 0b101n)];
    const other = configuration('a', 0n, 0b110n);
    const fewer = configuration('a', 0n, 0b001n);
    const { all, answers, kept } = configurations(...more, other, fewer);
    expect(answers).toEqual([true, true, true, true]);
    expect(kept).toEqual([other, fewer]);
    expect(all.size).toBe(2);
  });
});

describe('the count of', () => {
  it('comparisons begins anew when it is read', () => {
    const used = [0b001n, 0b010n, 0b100n].map((bits) => configuration('a', 0n, bits));
    const { all } = configurations(...used, configuration('b', 0n, 0n));
    // The second was compared with the first, the third with both.
    expect(all.takeComparisons()).toBe(3);
    expect(all.takeComparisons()).toBe(0);
  });

  it('bytes grows with every configuration, with its state and with its bits, and shrinks again', () => {
    const empty = new Configurations<string>((state) => state);
    expect(empty.bytes).toBe(0);
    const one = configurations(configuration('a', 0n, 0b01n)).all;
    expect(one.bytes).toBeGreaterThan(300);
    const large = configurations(configuration('a'.repeat(1_000), 0n, 0b01n)).all;
    expect(large.bytes - one.bytes).toBe(4 * 999);
    const two = configurations(configuration('a', 0n, 0b01n), configuration('a', 0n, 0b10n)).all;
    expect(two.bytes).toBeGreaterThan(one.bytes + 300);
    expect(two.bytes).toBeLessThan(2 * one.bytes);
    two.add(configuration('a', 0n, 0n), BITS);
    expect(two.bytes).toBe(one.bytes);
    two.add(configuration('a', 0n, 0n), BITS);
    expect(two.bytes).toBe(one.bytes);
    const wide = new Configurations<string>((state) => state);
    wide.add(configuration('a', 0n, 0n), BITS + 8_000);
    expect(wide.bytes - one.bytes).toBe(1_000);
  });
});
