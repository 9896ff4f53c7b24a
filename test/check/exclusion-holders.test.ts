/** Holders of locks by hand: which two are reported as holding at once. */
import { expect, it } from 'vitest';
import { overlapsOf, type Holding } from '../../sim/check/exclusion.js';

/** Such as `write('a', 1, 5)`. */
function holder(mode: Holding['mode'], id: string, start: number, end = Infinity, lock = 'x'): Holding {
  return { id, lock, mode, start, end };
}

const write = holder.bind(undefined, 'write');
const read = holder.bind(undefined, 'read');

/** Such as `a b`, for b that began while a held. */
const told = (...holdings: readonly Holding[]) =>
  overlapsOf(holdings).map(({ first, second }) => `${first.id} ${second.id}`);

it('a writer excludes everyone, and readers exclude writers only', () => {
  expect(told(write('a', 1, 5), write('b', 3, 7))).toEqual(['a b']);
  expect(told(write('a', 1, 5), read('b', 3, 7))).toEqual(['a b']);
  expect(told(read('a', 1, 5), write('b', 3, 7))).toEqual(['a b']);
  expect(told(read('a', 1, 5), read('b', 3, 7))).toEqual([]);
  expect(told(read('a', 1), read('b', 3), write('c', 4))).toEqual(['a c']);
  expect(told(write('a', 1), read('b', 3, 4), read('c', 5))).toEqual(['a b', 'a c']);
});

it('one that ends before or when another begins excludes no holder', () => {
  expect(told(write('a', 1, 3), write('b', 3, 7))).toEqual([]);
  expect(told(write('a', 1, 2), write('b', 3, 7))).toEqual([]);
  expect(told(write('a', 1), write('b', 3, 7, 'y'))).toEqual([]);
  expect(told()).toEqual([]);
});

it('of several the one is named that ends last, in the order in which the others began', () => {
  expect(told(write('a', 1, 9), write('b', 2, 4), write('c', 5, 6))).toEqual(['a b', 'a c']);
  expect(told(write('a', 1, 4), write('b', 2, 9), write('c', 3, 6))).toEqual(['a b', 'b c']);
  expect(told(write('c', 5, 6), write('b', 2, 4), write('a', 1, 9))).toEqual(['a b', 'a c']);
  // A reader that ends last hides no writer from another reader.
  expect(told(write('a', 1, 6), read('b', 2, 9), read('c', 3, 4), write('d', 5, 7))).toEqual([
    'a b',
    'a c',
    'b d',
  ]);
});
