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
    { verdict: 'violated', operations: [], revisions: [] },
    { verdict: 'violated', message: 'no revisions', operations: ['o1'] },
    { verdict: 'violated', message: 'no operations', revisions: [2] },
    { verdict: 'violated', message: 'no list', operations: 'o1', revisions: [2] },
    { verdict: 'violated', message: 'an odd operation', operations: ['o1', 2], revisions: [2] },
    { verdict: 'violated', message: 'an odd revision', operations: ['o1'], revisions: [2, '3'] },
    { verdict: 'violated', message: 'half a revision', operations: ['o1'], revisions: [2.5] },
    { verdict: 'inconclusive' },
    { verdict: 'inconclusive', reason: 7 },
    null,
    'satisfied',
    Promise.resolve({ verdict: 'satisfied' }),
  ])('that returns %o has decided nothing', (finding) => {
    expect(only(() => finding as unknown as Finding)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('expected a finding') as unknown,
      defect: expect.anything() as unknown,
    });
  });

  it.each<Finding>([
    { verdict: 'satisfied' },
    { verdict: 'violated', message: 'so it is', operations: [], revisions: [] },
    { verdict: 'violated', message: 'so it is', operations: ['o1', 'o2'], revisions: [2, 3] },
    { verdict: 'inconclusive', reason: 'too long' },
  ])('that answers %o is taken at its word', (finding) => {
    const named = { check: 'odd', description: 'Something holds.' };
    expect(only(() => finding)).toEqual({ ...named, ...finding });
  });

  it('that answers oddly has no stack, and the message shows its answer', () => {
    expect(only(() => 17 as unknown as Finding)).toMatchObject({
      reason: expect.stringMatching(/^expected a finding\b.*\b17\b/) as unknown,
      defect: { stack: '' },
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
