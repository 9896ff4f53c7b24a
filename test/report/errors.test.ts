import { expect, it } from 'vitest';
import type { Operation, Outcome } from '../../sim/history/history.js';
import { errorLines } from '../../sim/report/errors.js';
import { createPaint } from '../../sim/report/paint.js';

const style = { paint: createPaint(false), width: 80 };

function ended(outcome: Outcome, index: number): Operation {
  const moment = { sequence: index, timeUs: index };
  return {
    id: String(index),
    node: 'n1',
    name: 'work',
    input: null,
    invoke: moment,
    return: moment,
    outcome,
  };
}

function failure(kind: 'failed' | 'indefinite', message: string): Outcome {
  return { kind, error: { name: 'TypeError', message } };
}

it('errors are counted by their messages, most frequent first', () => {
  const outcomes = [
    { kind: 'ok', output: null } as const,
    failure('failed', 'rare'),
    failure('indefinite', 'x is not a function'),
    failure('indefinite', 'x is not a function'),
  ];
  expect(errorLines(outcomes.map(ended), style)).toEqual([
    '  2  indefinite  TypeError: x is not a function',
    '  1  failed  TypeError: rare',
  ]);
});

it('nothing is shown if every operation is ok', () => {
  expect(errorLines([ended({ kind: 'ok', output: 1 }, 0)], style)).toEqual([]);
});

it('only the most frequent are shown, with the number of the others', () => {
  const operations = Array.from({ length: 8 }, (_, index) =>
    ended(failure('failed', `error ${index}`), index),
  );
  const lines = errorLines(operations, style);
  expect(lines).toHaveLength(6);
  expect(lines.at(-1)).toBe('  and 3 more');
});

it('nothing in an error can steer the terminal', () => {
  const [line] = errorLines([ended(failure('failed', 'a\u001b[31m\nb'), 0)], style);
  expect(line).not.toMatch(/[\u0000-\u001f]/);
});
