import { afterEach, expect, it, vi } from 'vitest';
import { Backoff } from '../../src/backoff.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The next pauses where the draw is as large as it can be. */
function bounds(backoff: Backoff, count: number): number[] {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  return Array.from({ length: count }, () => backoff.nextMs());
}

it('pauses are bounded by 5 ms first and by 1000 ms at last, unless told otherwise', () => {
  expect(bounds(new Backoff(), 10)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
});

it('no pause is longer than the largest, not even the first', () => {
  const backoff = new Backoff({ initialMs: 50, maxMs: 20 });
  expect(bounds(backoff, 2)).toEqual([20, 20]);
  backoff.reset();
  expect(bounds(backoff, 1)).toEqual([20]);
});

it('a pause is drawn between nothing and its bound', () => {
  vi.spyOn(Math, 'random').mockReturnValueOnce(0).mockReturnValueOnce(0.25);
  const backoff = new Backoff({ initialMs: 8 });
  expect([backoff.nextMs(), backoff.nextMs()]).toEqual([0, 4]);
});

it('starting over begins with the first bound', () => {
  const backoff = new Backoff({ initialMs: 8, maxMs: 100 });
  bounds(backoff, 3);
  backoff.reset();
  expect(bounds(backoff, 2)).toEqual([8, 16]);
});
