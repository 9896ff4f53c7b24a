/**
 * Simulates a test, with any runner or none: `simTest` of `etcd-sim/vitest` is this with a name. Invariant: it rejects
 * unless the test holds for every seed, and the error is the story of the smallest failing run.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeValue } from '../../input/describe-value.js';
import { parseInteger, InputError } from '../../input/parsed.js';
import { shellQuote } from '../../input/shell-quote.js';
import { packTimeline } from '../debug/open-timeline.js';
import type { CheckProgress } from '../check-progress.js';
import { expectRunnerOptions, expectTestOptions } from '../expect-check-options.js';
import { listening } from '../listening.js';
import { askedRepro } from './asked-repro.js';
import { checkTest, replayTest, type TestOptions, type TestReport } from './check-test.js';
import { Interruption } from './interruption.js';
import { keepReport } from './keep-report.js';
import type { RunnersTest } from './same-test.js';
import type { TestBody } from './sim.js';
import { framesOf, SimulationError } from './simulation-error.js';

export interface SimulateOptions extends TestOptions {
  /** What the test is called, in its report and its repro; `test` by default. */
  readonly title?: string;
  /** The folder that reports are written to, false for none; `reports` by default. */
  readonly reports?: string | false;
  /** The shell command that runs the test; without one, the error says the variables alone. */
  readonly command?: string;
}

/**
 * Runs the body once for each seed. `SIM_SEED=7` runs one seed alone, `SIM_SEEDS=1000` so many, `SIM_REPRO=file` the run of
 * a repro.
 *
 * @throws SimulationError where the test does not hold, InputError where an option makes no sense
 */
export async function simulate(body: TestBody, options: SimulateOptions = {}): Promise<TestReport> {
  const stack = new Error().stack ?? '';
  return atLineOf(stack, () => simulateFrom(stack, body, expectTestOptions(options)));
}

/** What a runner says of a test itself. */
export type RunnerOptions = Required<Pick<SimulateOptions, 'title' | 'command' | 'signal'>> & {
  /** Of the line that declares the test. */
  readonly stack: string;
} & RunnersTest;

/** As {@link simulate}, for a runner. @param options the user's, which may have a `timeout` */
export async function simulateIn(
  runner: RunnerOptions,
  body: TestBody,
  options: Omit<SimulateOptions, keyof RunnerOptions>,
): Promise<TestReport> {
  const { stack } = runner;
  return atLineOf(stack, () => simulateFrom(stack, body, { ...expectRunnerOptions(options), ...runner }));
}

async function atLineOf<T>(stack: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // A mistake of the test: its own line, or else where the test is.
    if (error instanceof InputError) {
      const own = framesOf(error.stack ?? '');
      error.stack = [`${error.name}: ${error.message}`, ...(own.length > 0 ? own : framesOf(stack))].join(
        '\n',
      );
    }
    throw error;
  }
}

async function simulateFrom(
  stack: string,
  body: TestBody,
  { name, file, ...options }: SimulateOptions & RunnersTest,
): Promise<TestReport> {
  const { title = 'test', command = '', reports = 'reports' } = options;
  if (typeof body !== 'function') {
    throw new InputError(`expected the body of a test as a function, got ${describeValue(body)}`);
  }
  const { SIM_SEED, SIM_SEEDS, [TIMELINE]: timeline } = process.env;
  const repro = askedRepro();
  const asked = { ...options, ...seedsAsked(SIM_SEED, SIM_SEEDS) };
  const replayOf = (seed: number): string => `SIM_SEED=${seed} ${command}`.trimEnd();
  const replayOfFile = (file: string): string => `SIM_REPRO=${shellQuote(file)} ${command}`.trimEnd();
  const judgesCoverage = numberOf('SIM_SEED', SIM_SEED, 0) === undefined;
  const interruption = new Interruption(title, asked.seed ?? 0, replayOf);
  const sayInterrupted = (): void => {
    if (repro === undefined) process.stderr.write(`${interruption.line}\n`);
  };
  options.signal?.addEventListener('abort', sayInterrupted, { once: true });
  const report = await listening(asked, ({ signal, onProgress }) => {
    const listened = {
      ...asked,
      signal,
      onProgress(progress: CheckProgress) {
        interruption.listen(progress);
        return onProgress?.(progress);
      },
    };
    const known = { name, file, command };
    return repro !== undefined
      ? replayTest(title, body, listened, repro.text, {
          replay: replayOfFile(repro.file),
          ...known,
          ...(timeline === undefined
            ? {}
            : { record: (recorded) => writeFileSync(timeline, packTimeline(recorded)) }),
        })
      : checkTest(title, body, listened, { replayOf, replayOfFile, ...known }, judgesCoverage);
  }).finally(() => options.signal?.removeEventListener('abort', sayInterrupted));
  if (report.outcome === 'satisfied') return report;
  // The report of a replay must not take the place of the report that it comes from.
  const directory = reports !== false && repro !== undefined ? path.join(reports, 'replays') : reports;
  const kept = directory === false ? undefined : await keepReport(report, directory, replayOfFile);
  throw new SimulationError(title, report, stack, kept);
}

/** The variable with which `sim debug` asks for the run of a repro, as a file. */
export const TIMELINE = 'ETCD_SIM_TIMELINE';

const SEED_MAX = 2 ** 32 - 1;

function seedsAsked(
  seed: string | undefined,
  seeds: string | undefined,
): Pick<TestOptions, 'seed' | 'seeds'> {
  const first = numberOf('SIM_SEED', seed, 0);
  const count = numberOf('SIM_SEEDS', seeds, 1);
  if (first !== undefined) return { seed: first, seeds: count ?? 1 };
  return count === undefined ? {} : { seeds: count };
}

function numberOf(name: string, text: string | undefined, min: number): number | undefined {
  if (text === undefined || text === '') return undefined;
  const parsed = parseInteger(text, { min, max: SEED_MAX });
  if (parsed.kind === 'malformed') throw new InputError(`${name}: ${parsed.message}`);
  return parsed.value;
}
