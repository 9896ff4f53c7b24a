/** Which test a report, a repro and a kept failure are of, although others have the same words. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { simulateIn } from '../../../sim/harness/tests/simulate.js';
import { SimulationError } from '../../../sim/harness/tests/simulation-error.js';
import { subjectOf } from '../../../sim/report/run-name.js';
import type { TestSource } from '../../../sim/run/run-result.js';

const scratch = mkdtempSync(path.join(tmpdir(), 'sim-same-test-'));
afterAll(() => rmSync(scratch, { recursive: true }));

describe('the name of a report', () => {
  const nameOf = (test: TestSource) => subjectOf({ plan: { scenario: 'same' }, test } as never);

  it('is the title where that loses nothing and no file is known', () => {
    expect(nameOf({ title: 'one at a time' })).toBe('one-at-a-time');
  });

  it('differs where a title has other characters, and another file or place', () => {
    const tests: TestSource[] = [
      { title: 'same' },
      { title: 'same!' },
      { title: 'Same' },
      { title: 'same', file: 'a.test.ts' },
      { title: 'same', file: 'b.test.ts' },
      { title: 'same', name: 'first > same', file: 'a.test.ts' },
      { title: 'same', name: 'second > same', file: 'a.test.ts' },
      { title: '同じ', file: 'a.test.ts' },
      { title: '別', file: 'a.test.ts' },
      { title: `${'w'.repeat(200)} 1`, file: 'a.test.ts' },
      { title: `${'w'.repeat(200)} 2`, file: 'a.test.ts' },
    ];
    const seen = tests.map(nameOf);
    expect(new Set(seen).size).toBe(tests.length);
    for (const name of seen) expect(name).toMatch(/^[a-z0-9-]{1,80}$/);
  });
});

describe('a corpus', () => {
  /** The error of a test that fails in a node. */
  async function failsIn(file: string): Promise<SimulationError> {
    const runner = {
      ...{ title: 'same', name: 'same', file, command: 'npm test', stack: '' },
      signal: new AbortController().signal,
    };
    const error: unknown = await simulateIn(
      runner,
      async (sim) => {
        sim.node('a', async ({ client }) => {
          await client.put('a').value(1);
          throw new Error(`of ${file}`);
        });
      },
      { seeds: 2, faults: 'none', explain: false, reports: false, corpus: path.join(scratch, 'corpus') },
    ).catch((thrown: unknown) => thrown);
    if (error instanceof SimulationError) return error;
    throw new Error('expected a SimulationError', { cause: error });
  }

  it('has the failures of each of two tests with one title, and runs its own again', async () => {
    expect((await failsIn('a.test.ts')).report.known).toBeUndefined();
    expect((await failsIn('b.test.ts')).report.known).toBeUndefined();
    expect(readdirSync(path.join(scratch, 'corpus/failing'))).toHaveLength(2);
    const again = await failsIn('a.test.ts');
    expect(again.report.known?.problems).toMatchObject([{ error: { message: 'of a.test.ts' } }]);
  });
});
