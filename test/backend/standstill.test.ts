/** Operations that a node repeats without any progress. */
import { expect, it } from 'vitest';
import { areAlike } from '../../sim/backend/standstill.js';
import type { Operation } from '../../sim/history/history.js';
import type { Json } from '../../sim/input/json.js';

const ended = (node: string, atUs: number, output: Json | undefined, name = 'poll'): Operation => ({
  ...{ id: `${node}-${atUs}`, node, name, input: null, invoke: { sequence: 0, timeUs: 0 } },
  return: { sequence: 1, timeUs: atUs },
  outcome:
    output === undefined ? { kind: 'failed', error: { name: 'E', message: '' } } : { kind: 'ok', output },
});

it('are alike if each ends like the one before, of the same node and name', () => {
  const a = [ended('a', 10, { x: 1, y: 2 }), ended('a', 20, { y: 2, x: 1 })];
  expect(areAlike(a, 0)).toBe(true);
  expect(areAlike([...a, ended('b', 15, 7), ended('a', 16, 7, 'other')], 0)).toBe(true);
  expect(areAlike([...a, ended('a', 30, 7)], 0)).toBe(false);
  expect(areAlike([ended('a', 10, undefined), ended('a', 20, undefined)], 0)).toBe(true);
  expect(areAlike([ended('a', 10, undefined), ended('a', 20, 1)], 0)).toBe(false);
});

it('count from the last change on, and only if they have ended', () => {
  const { return: _, outcome: __, ...pending } = ended('a', 30, 9);
  expect(areAlike([ended('a', 10, 1), ended('a', 20, 2), ended('a', 30, 2), pending], 10)).toBe(true);
  expect(areAlike([ended('a', 10, 1), ended('a', 20, 2)], 9)).toBe(false);
});
