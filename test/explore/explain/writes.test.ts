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

describe('a write stands', () => {
  const entries = log('2: a=1', '3: a=2');
  const first = call({ by: 'n1-1', sent: 1, wrote: '2: a' });
  const operations = [operation('n2-1', 5, 30), operation('n1-2', 2, 20)];

  it('before the first read of it, though its own member answered later', () => {
    const late = call({ by: 'n1-2', sent: 3, returned: 20, wrote: '3: a', wroteAt: 19 });
    const read = call({ by: 'n2-1', sent: 9, reads: ['a@3'] });
    const lines = story(['n2-1'], { calls: [first, late, read], log: entries, operations });
    expect(lines.slice(1)).toEqual([
      '10 n1-2 put a = 2',
      '10 n2-1 read a = 2 of revision 3, which n1-2 had put',
      '30 n2-1 ended ok',
    ]);
  });

  it('where the first member made it, if that was recorded', () => {
    const late = call({ by: 'n1-2', sent: 3, returned: 20, answered: false, wrote: '3: a', wroteAt: 19 });
    const { wrote, ...rest } = late;
    const inferred: Call = {
      ...rest,
      wrote: { revision: 3, known: 'inferred', changes: wrote?.changes ?? [] },
    };
    const calls = (write: Call) => [first, write, call({ by: 'n2-1', sent: 9, reads: ['a@3'] })];
    const madeUs = new Map([[3, 7000]]);
    for (const write of [late, inferred]) {
      const lines = story(['n2-1'], { calls: calls(write), log: entries, operations, madeUs });
      expect(lines).toContain('7 n1-2 put a = 2; the answer never came');
    }
  });
});

it('a write that etcd applied and answered with an error has one line', () => {
  const asked = { puts: ['a'], error: 'etcdserver: mvcc: database space exceeded' };
  const put = asking({ by: 'n1-1', sent: 1, returned: 20, answered: false, wrote: '2: a', asked });
  const calls = [put, call({ by: 'n2-1', sent: 30, reads: ['a@2'] })];
  const about = story(['n2-1'], { calls, log: log('2: a=1') }).filter((line) => /^\d+ n1-1 /.test(line));
  expect(about).toHaveLength(1);
  expect(about[0]).toMatch(/put a = 1; .*database space exceeded/);
});

describe('of several keys put at once', () => {
  const put = (count: number, value: string): string => {
    const keys = Array.from({ length: count }, (_, index) => `k${index}`);
    const calls = [call({ by: 'n1-1', sent: 1, wrote: `2: ${keys.join(' ')}` })];
    return (
      story(['n1-1'], { calls, log: log(`2: ${keys.map((key) => `${key}=${value}`).join(' ')}`) })[0] ?? ''
    );
  };

  it('each has its value', () => {
    expect(put(2, '7')).toContain('put k0 = 7, k1 = 7');
  });

  it('long values and long lists stay without', () => {
    expect(put(2, 'x'.repeat(17))).toMatch(/put k0, k1$/);
    expect(put(5, '7')).toMatch(/put k0, k1, k2, k3, k4$/);
  });
});
