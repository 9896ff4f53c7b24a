/** The planned operation behind an operation of the history. */
import { expect, it } from 'vitest';
import { plannedIdOf, plannedIdsOf } from '../../sim/plan/planned-id.js';
import { begunInTime } from '../../sim/explore/shrink/begun-in-time.js';
import type { RunResult } from '../../sim/run/run-result.js';

const operation = (id: string) => ({ id, name: 'work', input: null });
const nodes = [{ name: 'u1', operations: ['u1-1', 'u1-10', 'u1-2', 'a.b'].map(operation) }];

it.each([
  ['u1-1', 'u1-1'],
  ['u1-10.lock', 'u1-10'],
  ['u1-2.enter.3', 'u1-2'],
  ['a.b.2', 'a.b'],
  ['a', undefined],
  ['u1-100', undefined],
  ['', undefined],
])('%j belongs to %j', (id, planned) => {
  expect(plannedIdOf(id, plannedIdsOf({ nodes }))).toBe(planned);
});

it('everything begun before the end of a violation’s operations is a part of the plan', () => {
  const at = (sequence: number) => ({ sequence, timeUs: sequence });
  const done = (id: string, invoked: number, returned: number) => ({
    ...operation(id),
    ...{ node: 'u1', invoke: at(invoked), return: at(returned) },
  });
  const failing = (...witness: string[]) =>
    ({
      plan: { nodes },
      checks: [{ verdict: 'violated', operations: witness }],
      operations: [done('u1-1.lock', 1, 4), done('u1-10', 2, 3), done('u1-2.lock', 5, 6), done('a.b', 7, 8)],
    }) as unknown as RunResult;
  expect(begunInTime(failing('u1-10'))).toEqual(new Set(['u1-1', 'u1-10']));
  expect(begunInTime(failing('u1-1.lock', 'u1-2.lock'))).toEqual(new Set(['u1-1', 'u1-10', 'u1-2']));
  expect(begunInTime(failing('a.b'))).toBeUndefined();
});
