/** Writes in stories of hand-written calls: their values, their times, and what they deleted in vain. */
import { describe, expect, it } from 'vitest';
import { causalPast } from '../../../sim/explore/explain/causal-past.js';
import type { RecordedRun } from '../../../sim/explore/explain/recorded-run.js';
import type { Asked, Call } from '../../../sim/history/calls.js';
import { call, log, operation, type CallWords } from '../../history/hand-made-calls.js';

const asking = ({ asked, ...words }: CallWords & { readonly asked: Asked }): Call => ({
  ...call(words),
  ...asked,
});

function story(operations: readonly string[], run: Partial<RecordedRun>): string[] {
  const { steps } = causalPast({ operations: [], calls: [], log: [], ...run }, { operations, revisions: [] });
  return steps.map(({ moment, operation: by, what }) => `${moment.timeUs / 1000} ${by ?? ''} ${what}`);
}

describe('a transaction that wrote, and deleted a key that was gone,', () => {
  const missed = [{ key: 'job' }];
  const calls = [
    call({ by: 'n1-1', sent: 1, wrote: '2: job' }),
    call({ by: 'n2-1', sent: 3, wrote: '3: job-' }),
    asking({ by: 'n1-2', sent: 5, wrote: '4: sum', asked: { deletes: missed, missed } }),
  ];

  it('says that there was none, and the story has the deletion of the key', () => {
    const entries = log('2: job=x', '3: job', '4: sum=3');
    const lines = story(['n1-2'], { calls, log: entries, operations: [operation('n1-2', 4, 9)] });
    expect(lines).toContain('5 n1-2 put sum = 3; deleted job: there was none');
    expect(lines.join('\n')).toMatch(/n2-1 deleted job/);
  });
});
