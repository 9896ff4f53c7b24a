/** The double barrier's checks on hand-written histories. */
import { expect, it } from 'vitest';
import { doubleBarrierChecks } from '../../scenarios/double-barrier/checks.js';
import type { Operation, Outcome } from '../../sim/history/history.js';

const ok: Outcome = { kind: 'ok', output: null };
const unsure: Outcome = {
  kind: 'indefinite',
  error: { name: 'IndefiniteError', message: 'may have entered' },
};

function operation(
  id: string,
  [invoked, returned]: readonly [number, number],
  outcome: Outcome = ok,
): Operation {
  const [node = '', name = ''] = id.split('.');
  return {
    ...{ id, node, name: name.replace(/\d/, ''), input: { barrier: 'party' }, outcome },
    invoke: { sequence: invoked, timeUs: invoked },
    return: { sequence: returned, timeUs: returned },
  };
}

function together(operations: readonly Operation[]) {
  const [check] = doubleBarrierChecks({ count: 2 });
  return check?.check({ operations, log: [] }).verdict;
}

it('a node that repeats an enter that may have been applied had arrived with the first try', () => {
  const first = operation('a.enter', [1, 3], unsure);
  const other = [operation('b.enter', [2, 4]), operation('b.leave', [5, 9])];
  const again = [operation('a.enter2', [6, 7]), operation('a.leave', [8, 10])];
  expect(together([first, ...other, ...again])).toBe('satisfied');
  const failed: Outcome = { kind: 'failed', error: { name: 'GivenUpError', message: 'given up' } };
  expect(together([operation('a.enter', [1, 3], failed), ...other, ...again])).toBe('violated');
});
