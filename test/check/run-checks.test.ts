/** Checks that do not answer as a check should. */
import { describe, expect, it } from 'vitest';
import { runChecks, type Check, type Finding } from '../../sim/check/check.js';

const history = { operations: [], log: [] };

function only(check: Check['check']) {
  return runChecks([{ name: 'odd', description: 'Something holds.', check }], history)[0];
}

describe('a check', () => {
  it('that throws has decided nothing, and its error is reported', () => {
    const result = only(() => {
      throw new TypeError('no such key');
    });
    expect(result).toEqual({
      check: 'odd',
      description: 'Something holds.',
      verdict: 'inconclusive',
      reason: expect.stringContaining('TypeError: no such key') as unknown,
      defect: { stack: expect.stringContaining('run-checks.test') as unknown },
    });
  });

  it.each([
    undefined,
    true,
    { verdict: 'maybe' },
    { verdict: 'violated', message: 'without a witness' },
    { verdict: 'inconclusive' },
    Promise.resolve({ verdict: 'satisfied' }),
  ])('that returns %o has decided nothing', (finding) => {
    expect(only(() => finding as unknown as Finding)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('expected a finding') as unknown,
      defect: expect.anything() as unknown,
    });
  });

  it('that fails does not affect the others', () => {
    const good: Check = { name: 'good', description: '', check: () => ({ verdict: 'satisfied' }) };
    const bad: Check = {
      name: 'bad',
      description: '',
      check() {
        throw new Error('broken');
      },
    };
    expect(runChecks([bad, good], history).map(({ verdict }) => verdict)).toEqual([
      'inconclusive',
      'satisfied',
    ]);
  });
});
