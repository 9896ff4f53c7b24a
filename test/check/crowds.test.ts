/** Crowds that are too large, although some of their members may be left out. */
import { describe, expect, it } from 'vitest';
import { firstUnexplained, type Crowd } from '../../sim/check/crowds.js';

/** Members are letters; those that may be left out are small. */
function crowd(members: string, permits = 1): Crowd<string> {
  const all = [...members];
  return { members: all, removable: all.filter((one) => one === one.toLowerCase()), permits };
}

function first(removedMax: number, ...crowds: readonly Crowd<string>[]): string | undefined {
  return firstUnexplained<string, Crowd<string>>(crowds, removedMax)?.members.join('');
}

describe('the first crowd is reported', () => {
  it('that has more members than permits', () => {
    expect(first(0)).toBeUndefined();
    expect(first(0, crowd('a'), crowd('ab', 2), crowd('', 0))).toBeUndefined();
    expect(first(0, crowd('a'), crowd('ab'), crowd('abc'))).toBe('ab');
    expect(first(0, crowd('abc', 2))).toBe('abc');
  });

  it('that stays too large when as many as may be are left out', () => {
    expect(first(1, crowd('ab'))).toBeUndefined();
    expect(first(1, crowd('abc'))).toBe('abc');
    expect(first(2, crowd('abc'))).toBeUndefined();
    expect(first(1, crowd('abc', 2))).toBeUndefined();
    expect(first(3, crowd('AB'))).toBe('AB');
    expect(first(1, crowd('Ab'))).toBeUndefined();
    // One member is left out once only.
    expect(first(3, crowd('aBC'))).toBe('aBC');
  });

  it('that the choice for it and all before it cannot explain together', () => {
    expect(first(1, crowd('ab'), crowd('ac'))).toBeUndefined();
    expect(first(1, crowd('ab'), crowd('cd'))).toBe('cd');
    expect(first(2, crowd('ab'), crowd('cd'), crowd('ef'))).toBe('ef');
    expect(first(2, crowd('ab'), crowd('cd'), crowd('ad'))).toBeUndefined();
  });

  it('after another choice was tried for those before it', () => {
    expect(first(1, crowd('ab'), crowd('bc'))).toBeUndefined();
    expect(first(1, crowd('ab'), crowd('bc'), crowd('ac'))).toBe('ac');
    expect(first(2, crowd('ab'), crowd('bc'), crowd('cd'), crowd('da'))).toBeUndefined();
  });

  it('unless more than six may be left out, which counts as explained', () => {
    const pairs = ['ab', 'cd', 'ef', 'gh', 'ij', 'kl', 'mn', 'op'].map((pair) => crowd(pair));
    expect(first(6, ...pairs)).toBe('mn');
    expect(first(7, ...pairs)).toBeUndefined();
    expect(first(7, crowd('AB'))).toBeUndefined();
  });
});
