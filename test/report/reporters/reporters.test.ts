/** What each reporter says of sweeps that hold and of sweeps that fail. */
import { describe, expect, it } from 'vitest';
import { createReporter as github } from '../../../sim/report/reporters/github.js';
import { createReporter as junit } from '../../../sim/report/reporters/junit.js';
import { report, reportOf, violated } from './reporting.js';

const failing = reportOf([
  violated(3, 'sum', 'the sum is 475'),
  violated(7, 'sum', 'the sum is 500'),
  violated(9, 'at-most-once', 'w1 happened twice'),
]);

describe('junit', () => {
  it('has one test for the seeds that hold, and one for each kind of failure', async () => {
    const { text } = await report(junit, [reportOf([], 'queue'), failing]);
    expect(text.match(/<testcase [^>]*>/g)).toEqual([
      expect.stringMatching(/classname="queue" name="20 seeds of 20 hold" time="[\d.]+"\/>$/),
      expect.stringMatching(/classname="bank" name="17 seeds of 20 hold"/),
      expect.stringMatching(/classname="bank" name="check sum"/),
      expect.stringMatching(/classname="bank" name="check at-most-once"/),
    ]);
    expect(text).toMatch(/<testsuites name="sim" tests="4" failures="2" errors="0" skipped="0"/);
    expect(text).toContain(
      '<failure message="sum: the sum is 475" type="violated">sum: the sum is 475\nseeds: 3, 7\nsim --seed 3',
    );
  });

  it('has an error for a seed that is lost, and for a sweep in which nothing ran', async () => {
    const { sweep } = failing;
    if (sweep === undefined) throw new Error('a sweep');
    const nothing = { ...sweep, seedsRun: 0, failures: [], outOfTime: true };
    const lost = { ...sweep, failures: [], lost: [{ seed: 4, how: 'SIGKILL' }] };
    const { text } = await report(junit, [
      { ...failing, outcome: 'inconclusive', sweep: nothing, failures: [] },
      { ...failing, outcome: 'lost', sweep: lost, failures: [] },
    ]);
    expect(text).toContain('<error message="inconclusive after 0 seeds" type="inconclusive">');
    expect(text).toContain('name="seed 4"');
    expect(text).toContain('<error message="its process ended with SIGKILL" type="lost">');
    expect(text).toMatch(/errors="2"/);
  });
});

describe('github', () => {
  it('annotates each kind of failure once, at the line of its check where that is known', async () => {
    const sources = { 'check sum': { file: '/project/src/checks.ts', line: 12 } };
    const { told } = await report(github, [{ ...failing, sources }]);
    expect(told).toEqual([
      '::error file=src/checks.ts,line=12,title=bank%3A check sum::sum: the sum is 475%0Aseeds: 3, 7%0Asim --seed 3 --scenario bank',
      '::error title=bank%3A check at-most-once::at-most-once: w1 happened twice%0Aseeds: 9%0Asim --seed 9 --scenario bank',
    ]);
  });

  it('sums up all scenarios in a table, with the commands', async () => {
    const { text } = await report(github, [reportOf([], 'queue'), failing]);
    expect(text).toContain('| queue | ✅ satisfied | 20 | 0 |\n| bank | ❌ violated | 20 | 3 |');
    expect(text).toContain('```text\nsum: the sum is 475\nsim --seed 3 --scenario bank\n```');
  });
});
