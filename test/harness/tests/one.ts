/** Runs a test's body for a few seeds, without shrinking or explaining unless asked. */
import { checkTest, type TestOptions, type TestReport } from '../../../sim/harness/tests/check-test.js';
import type { TestBody } from '../../../sim/harness/tests/sim.js';

const commands = {
  replayOf: (seed: number) => `SIM_SEED=${seed} run`,
  replayOfFile: (file: string) => `SIM_REPRO=${file} run`,
};

export function checkBody(body: TestBody, options: TestOptions = {}): Promise<TestReport> {
  return checkTest('a test', body, { seeds: 1, faults: 'none', ...quick, ...options }, commands);
}

const quick = { shrink: false, explain: false };

/** One calm run in which nothing may go wrong. */
export async function calmly(body: TestBody, options: TestOptions = {}): Promise<void> {
  const report = await checkBody(body, options);
  const [failure] = report.failures;
  if (failure === undefined) return;
  const { problems, checks } = failure.result;
  throw new Error(`${report.outcome}: ${JSON.stringify({ problems, checks }, null, 1)}`);
}
