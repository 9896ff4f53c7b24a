/** The order of test files. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { interleave, LONGEST } from '../interleaved.js';
import { root } from './sources.js';

it('spreads the second files evenly behind the first ones', () => {
  expect(interleave([1, 2, 3, 4, 5, 6], [10, 20], 2)).toEqual([1, 2, 10, 3, 4, 20, 5, 6]);
  expect(interleave([1, 2], [10, 20, 30], 1)).toEqual([1, 10, 20, 30, 2]);
  expect(interleave([1], [10, 20], 5)).toEqual([1, 10, 20]);
  expect(interleave([], [10], 5)).toEqual([10]);
  expect(interleave([1, 2], [], 5)).toEqual([1, 2]);
});

it('knows the longest files by paths that exist', () => {
  for (const file of LONGEST) expect(existsSync(path.join(root, file)), file).toBe(true);
});
