/**
 * Checks a test: runs its body once for each seed, under the faults that the seed draws, and reports as a check of a
 * scenario does. Invariant: a seed's plan depends on the test and the seed alone, never on the seeds before it.
 */
import { createSimulatedBackend } from '../../backend/simulated.js';
import { startStopwatch } from '../../backend/stopwatch.js';
import type { Heartbeat } from '../../engine/heartbeat.js';
import type { Budget } from '../../engine/engine.js';
import type { RunResult, TestSource } from '../../run/run-result.js';
import { bailOf, parametersOf, seedRangeOf, type CheckOptions } from '../check-options.js';
import { wrongAims } from '../../explore/parse-plan.js';
import type { ShrinkProgress } from '../../explore/shrink/shrink.js';
import { InputError } from '../../input/parsed.js';
import type { Plan } from '../../plan/plan.js';
import { reported, type ReportedFailure } from '../check-report.js';
import { Checker, type CheckerOptions, type SeedsOutcome } from '../checker.js';
import { FailureAnalyst } from '../failure-analysis.js';
import { readRepro } from '../replay.js';
import { SHRINK_EVENTS_MAX, SHRINK_RUNS_MAX } from '../../run/budget.js';
import { unlessAborted } from '../../explore/unless-aborted.js';
import { PlanRunner } from '../plan-runner.js';
import { watched } from '../watched.js';
import { steps, type Steps } from '../steps.js';
import { recordTimeline, type RecordedTimeline } from '../debug/open-timeline.js';
import { expectSameTest, TestCorpus, type RunnersTest } from './same-test.js';
import { DrawShrinker } from './shrink-draws.js';
import { Coverage } from './coverage.js';
import type { TestBody } from './sim.js';
import { TestScenario } from './test-scenario.js';

export interface TestOptions extends Omit<CheckOptions, 'options'> {
  /** Whether nodes crash and start again, their bodies from the beginning; false by default. */
  readonly restarts?: boolean;
}

export interface TestReport extends Omit<SeedsOutcome, 'failures'> {
  readonly failures: readonly ReportedFailure[];
  /** What each run was allowed. */
  readonly budget: Budget;
  /** Reasons why seeds that pass have nevertheless shown too little: the test is then inconclusive. */
  readonly doubts: readonly string[];
  /** How operations of all seeds ended, and how often a node gave up. */
  readonly totals: Readonly<Record<'ok' | 'failed' | 'gaveUp', number>>;
  /** What of the corpus could not be read or kept, one line each. */
  readonly notices: readonly string[];
}

/** The shell commands that run something again. */
export interface ReplayCommands {
  replayOf(seed: number): string;
  replayOfFile(file: string): string;
  /** Runs the test, if it is known. */
  readonly command?: string;
}

/** So often a seed is planned anew, because its run declared more nodes. */
const PLANS_MAX = 500;

/**
 * Checks the test.
 *
 * @param judgesCoverage whether all seeds together must have shown something: one that is run again need not
 * @throws InputError where the test makes a mistake in its use of `sim`
 */
export async function checkTest(
  title: string,
  body: TestBody,
  options: TestOptions,
  commands: ReplayCommands & RunnersTest,
  judgesCoverage = true,
): Promise<TestReport> {
  const test = new TestScenario(title, body, options);
  try {
    return await watched(options.watchdogSeconds, (heartbeat) =>
      checkTestWith({ title, test, options, commands, judgesCoverage, heartbeat }),
    );
  } finally {
    test.close();
  }
}

interface Checking {
  readonly title: string;
  readonly test: TestScenario;
  readonly options: TestOptions;
  readonly commands: ReplayCommands & RunnersTest;
  readonly judgesCoverage: boolean;
  readonly heartbeat: Heartbeat | undefined;
}

async function checkTestWith(checking: Checking): Promise<TestReport> {
  const { title, test, options, commands, judgesCoverage, heartbeat } = checking;
  const given = { ...checkerOptions(test, options, commands), heartbeat };
  const range = seedRangeOf(options);
  const base = withoutStrays(given, await discover(test, given));
  const checker = new Checker({ ...base, steps: stepsOf(test, sourceOf(title, commands), test.names) });
  const { failures, ...swept } = await checker.checkSeeds(range);
  const totals = totalsOf(test);
  const shown = swept.outcome === 'satisfied' && judgesCoverage ? test.coverage.doubts : [];
  const doubts = [...(await forgottenIn(test, base)), ...shown];
  const outcome = swept.outcome === 'satisfied' && doubts.length > 0 ? 'inconclusive' : swept.outcome;
  const { budget } = base.parameters;
  await checker.tellOutput();
  const notices = [...test.notices];
  return { ...swept, outcome, failures: failures.map(reported), budget, doubts, totals, notices };
}

/** The writes that nodes have forgotten, one line each: why a test fails, or why it shows too little. */
async function forgottenIn(test: TestScenario, options: CheckerOptions): Promise<readonly string[]> {
  const runner = new PlanRunner({ ...options, determinism: undefined });
  return test.forgotten.named(async (plan) => {
    const run = await unlessAborted(options.signal, () => runner.runPlan(plan, { stacks: true }));
    return run === undefined ? undefined : test.run?.writes;
  });
}

interface Replaying extends RunnersTest {
  readonly replay: string;
  readonly command: string;
  /** Takes the run with all its events, to step through it. */
  readonly record?: ((recorded: RecordedTimeline) => void) | undefined;
}

/** Runs the plan of a repro. @throws InputError where it is none of this test */
export async function replayTest(
  title: string,
  body: TestBody,
  options: TestOptions,
  text: string,
  { replay, record, ...source }: Replaying,
): Promise<TestReport> {
  const test = new TestScenario(title, body, options);
  const commands = { ...source, replayOf: () => replay, replayOfFile: () => replay };
  const { repro, result, explanation } = await watched(options.watchdogSeconds, async (heartbeat) => {
    const base = { ...checkerOptions(test, options, commands), heartbeat };
    await discover(test, base);
    const read = readRepro(text, [test.scenario]);
    expectSameTest(sourceOf(title, commands), read.repro.test);
    const parameters = { ...base.parameters, budget: read.repro.budget };
    const given = { ...base, parameters, steps: stepsOf(test, sourceOf(title, commands), test.names) };
    const runner = new PlanRunner(given);
    if (record !== undefined) {
      const { signal } = given;
      const quiet = { signal, aloud: true, notice: () => undefined };
      const recorded = await recordTimeline(read.repro, runner, quiet);
      record(recorded);
      return { repro: read.repro, ...recorded };
    }
    const result = await runner.runPlan(read.repro.plan, { stacks: true, aloud: true });
    const analyst = new FailureAnalyst({ ...given, shrinkRunsMax: 0 }, runner);
    return { repro: read.repro, result, explanation: await analyst.explain(result) };
  }).finally(() => test.close());
  const { verdict } = result;
  const { seed } = repro.plan;
  const failure = { signature: repro.signature ?? verdict, seeds: [seed], result, explanation };
  return {
    outcome: verdict,
    failures: verdict === 'satisfied' ? [] : [reported(failure)],
    differences: [],
    budget: repro.budget,
    doubts: [],
    totals: totalsOf(test),
    notices: [],
  };
}

function totalsOf({ coverage: { ok, failed, gaveUp } }: TestScenario): TestReport['totals'] {
  return { ok, failed, gaveUp };
}

function checkerOptions(
  test: TestScenario,
  options: TestOptions,
  commands: ReplayCommands & RunnersTest,
): CheckerOptions {
  const { backend = createSimulatedBackend(), shrink = true, explain = true, onProgress } = options;
  const isSimulated = backend.name === 'simulated';
  const parameters = parametersOf(test.scenario, options);
  const signal = options.signal ?? new AbortController().signal;
  return {
    parameters,
    backend,
    ...(options.checkDeterminism === true ? { determinism: {} } : {}),
    mutes: true,
    bail: bailOf(options),
    timeLimitMs: options.timeLimitMs,
    analysesMax: 1,
    shrinkRunsMax: shrink && isSimulated ? SHRINK_RUNS_MAX : 0,
    shrinkEventsMax: SHRINK_EVENTS_MAX,
    explains: explain && isSimulated,
    corpus:
      options.corpus === undefined
        ? undefined
        : new TestCorpus(options.corpus, sourceOf(test.scenario.description, commands), (text) => {
            test.notices.add(text);
            void onProgress?.({ kind: 'notice', text });
          }),
    ...commands,
    signal,
    steps,
    onProgress,
    nowMs: startStopwatch(),
  };
}

/** Which nodes there are, and which of them serve, as a calm run shows: nodes that other seeds add are found when they come. */
async function discover(test: TestScenario, options: CheckerOptions): Promise<RunResult> {
  const { parameters } = options;
  const calm = new PlanRunner({
    ...options,
    parameters: { ...parameters, faults: { kind: 'none' }, strategy: ['time'] },
    determinism: undefined,
  });
  // With stacks, since a mistake of the test shows its line.
  const shown = { stacks: true, progress: () => undefined };
  const result = await untilPlanned(test, () => calm.runSeed(0, shown));
  test.peers = test.run?.serving ?? [];
  test.performed = test.coverage.performed;
  // This run is none of the seeds.
  test.coverage = new Coverage();
  return result;
}

/** Where the calm run failed before it declared the nodes that written faults name, its failure is what matters. */
function withoutStrays<O extends CheckerOptions>(options: O, { verdict, plan }: RunResult): O {
  const { parameters } = options;
  const { faults } = parameters;
  if (verdict !== 'violated' || faults.kind !== 'written') return options;
  if (wrongAims({ ...plan, faults: faults.faults }) === undefined) return options;
  return { ...options, parameters: { ...parameters, faults: { kind: 'none' } } };
}

async function untilPlanned(test: TestScenario, run: () => Promise<RunResult>): Promise<RunResult> {
  let expected: readonly string[] = [];
  for (let plans = 1; ; plans++) {
    const result = await run();
    if (test.run?.mistake !== undefined) throw test.run.mistake;
    const strays = expected.filter((name) => test.run?.hasDeclared([name]) !== true);
    if (strays.length > 0) {
      throw new InputError(
        `expected nodes whose names depend on the seed alone, got ${strays.join(', ')} in one run of a seed and not in the next`,
      );
    }
    const unplanned = test.run?.unplanned ?? [];
    if (unplanned.length === 0) return result;
    if (plans === PLANS_MAX) {
      throw new InputError(`expected at most ${PLANS_MAX} nodes that are declared one after the other`);
    }
    expected = unplanned;
    test.names = [...test.names, ...unplanned];
  }
}

function sourceOf(title: string, known: RunnersTest & Pick<ReplayCommands, 'command'>): TestSource {
  const { name, file, command } = known;
  return {
    title,
    ...(name === undefined || name === title ? {} : { name }),
    ...(file === undefined ? {} : { file }),
    ...(command === undefined || command === '' ? {} : { command }),
  };
}

/** The steps of any check, for a test. */
function stepsOf(test: TestScenario, source: TestSource, names: readonly string[]): Steps {
  const draws = new DrawShrinker();
  return {
    ...steps,
    async exploreSeed(request) {
      test.names = names;
      const result = await untilPlanned(test, () => steps.exploreSeed(request));
      if (test.run !== undefined) test.forgotten.note(result.plan, test.run.writes);
      return result;
    },
    async runPlan(request) {
      const result = await steps.runPlan(request);
      return { ...result, plan: draws.record(result.plan, test.run?.draws), test: source };
    },
    async shrinkFailure(request) {
      // What a body expects at the end, it expects of all nodes.
      test.mayLeaveOut = request.failure.problems.every(({ kind }) => kind !== 'node-error');
      const drawnFrom = (plan: Plan): void => void (test.drawnFrom = draws.arbitrariesOf(plan));
      drawnFrom(request.failure.plan);
      const progress = (made: ShrinkProgress): void => {
        drawnFrom(made.plan);
        request.progress?.(made);
      };
      try {
        return await steps.shrinkFailure({ ...request, draws, progress });
      } finally {
        test.drawnFrom = undefined;
      }
    },
    async explainFailure(request) {
      test.drawnFrom = draws.arbitrariesOf(request.failure.plan);
      try {
        return await steps.explainFailure(request);
      } finally {
        test.drawnFrom = undefined;
      }
    },
  };
}
