/**
 * `simTest`: a Vitest test with a simulated body, run once for each seed. Import it before the code under
 * test: timers and clocks that this code takes at load time then belong to the simulation.
 */
import '../register.js';
import { test } from 'vitest';
import type { TestReport } from '../harness/tests/check-test.js';
import { describeReport } from '../harness/tests/describe-report.js';
import { sayingLongRuns } from '../harness/tests/long-runs.js';
import { withExpectations } from '../harness/tests/expectations.js';
import { simulateIn, type RunnerOptions, type SimulateOptions } from '../harness/tests/simulate.js';
import type { Sim, TestBody } from '../harness/tests/sim.js';
import { knownOf, reasonToSkip } from './task.js';

export interface SimTestOptions extends Omit<SimulateOptions, keyof RunnerOptions> {
  /** Ends the test when it takes longer, in milliseconds; ten minutes by default. */
  readonly timeout?: number;
}

/** Declares a test. */
export type SimTest = (name: string, body: TestBody, options?: SimTestOptions) => void;

const TIMEOUT_MS = 600_000;

/** A runner's way to declare a test. */
type Declare = typeof test | typeof test.skip;

function declaring(declare: Declare): SimTest {
  return (name, body, options = {}) => {
    const stack = new Error().stack ?? '';
    declare(name, { timeout: timeoutOf(options) }, async ({ signal, task, skip }) => {
      const reason = reasonToSkip(task);
      if (reason !== undefined) skip(reason);
      const runner = { ...knownOf(task), stack, signal };
      tell(
        await withExpectations(task, body, (awaited) =>
          simulateIn(runner, awaited, { onProgress: sayingLongRuns(say), ...options }),
        ),
      );
    });
  };
}

/** Declares a test for each case; `%s`, `%o` and `$field` of its name are filled in. */
function each<Case>(cases: readonly Case[]) {
  return (
    name: string,
    body: (sim: Sim, one: Case) => Promise<unknown>,
    options: SimTestOptions = {},
  ): void => {
    const stack = new Error().stack ?? '';
    test.for(cases as Case[])(name, { timeout: timeoutOf(options) }, async (one, { signal, task, skip }) => {
      const reason = reasonToSkip(task);
      if (reason !== undefined) skip(reason);
      const runner = { ...knownOf(task), stack, signal };
      const ofCase: TestBody = (sim) => body(sim, one);
      tell(
        await withExpectations(task, ofCase, (awaited) =>
          simulateIn(runner, awaited, { onProgress: sayingLongRuns(say), ...options }),
        ),
      );
    });
  };
}

export const simTest = Object.assign(declaring(test), {
  only: declaring(test.only),
  skip: declaring(test.skip),
  each,
});

/** A mistake in the options is the test's error, not that of its file. */
function timeoutOf(options: unknown): number {
  const { timeout } = (options ?? {}) as { readonly timeout?: unknown };
  return typeof timeout === 'number' ? timeout : TIMEOUT_MS;
}

/** Vitest shows it with the name of the test; `--silent` hides it. */
function tell(report: TestReport): void {
  say(describeReport(report));
}

function say(line: string): void {
  // eslint-disable-next-line no-restricted-globals -- Vitest shows what a test says there
  console.info(line);
}

export { simulate, type SimulateOptions } from '../harness/tests/simulate.js';
export { EndpointError } from '../harness/tests/run/others/endpoints.js';
export { SimulationError } from '../harness/tests/simulation-error.js';
export type * from '../harness/tests/sim.js';
