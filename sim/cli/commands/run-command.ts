/**
 * `sim run`: one seed or a sweep, of one scenario or all. Invariant: only results go to stdout. An interrupted sweep
 * shows and keeps its findings so far.
 */
import os from 'node:os';
import path from 'node:path';
import type { Backend } from '../../backend/backend.js';
import { firstMessage } from '../../run/first-finding.js';
import { singleLine } from '../../input/parsed.js';
import { Checker, type CheckOutcome } from '../../harness/checker.js';
import type { CheckProgress } from '../../harness/check-progress.js';
import { SHRINK_EVENTS_MAX } from '../../run/budget.js';
import { PlanRunner } from '../../harness/plan-runner.js';
import { workersWorth } from '../../harness/workers/count.js';
import type { Verdict } from '../../run/run-result.js';
import { shellQuote } from '../../input/shell-quote.js';
import { readsSources } from '../arguments/reporter-spec.js';
import type { RunSettings } from '../arguments/run-parameters.js';
import { commandNameOf } from '../command-name.js';
import { exitCodes, interruptedLate, type ExitCode } from '../exit-codes.js';
import { keepKnown, present, shortPath } from '../present.js';
import { CheckDisplay } from '../progress.js';
import { runnerOptions } from '../runner-options.js';
import { serveSecondRuns, startSecondRuns, type SecondProcess } from '../second-run.js';
import {
  headerOfCommand,
  journalFileOf,
  openJournal,
  type OpenJournal,
  type SweepCommand,
} from '../sweep-journal.js';
import { exitCodeOf, tellEnd } from '../sweep-end.js';
import { openReporters, type Reporters } from '../reporters.js';
import { kindsOf } from '../../report/reported-kinds.js';
import type { ScenarioReport } from '../../report/reporter.js';
import { failureKindOf } from '../../run/signature.js';
import { seedsOfShard } from '../../harness/sweep/header.js';
import type { Corpus } from '../../harness/corpus/rerun-corpus.js';
import type { Workers } from '../../harness/workers/pool.js';
import { serveSeeds } from '../../harness/workers/serve-seeds.js';
import { startWorkers } from '../workers.js';

export interface RunCommand extends SweepCommand {
  /** For how long seeds begin, in milliseconds; all scenarios share it. */
  readonly timeLimitMs: number | undefined;
  /** How many processes run the seeds of a sweep; undefined for as many as there are cores. */
  readonly workers: number | undefined;
  /** Whether to run every seed twice and to compare both runs. */
  readonly checkDeterminism: boolean;
  /** How many runs shrinking a failure may take; 0 for none. */
  readonly shrinkRunsMax: number;
  /** Whether to look for the moment that decides a failure. */
  readonly explains: boolean;
  /** Where failures in simulation are kept, as the user wrote it; undefined for nowhere. */
  readonly corpusDirectory: string | undefined;
}

/** Runs everything that was chosen; the exit code says how it went. */
export async function runCommand(command: RunCommand): Promise<ExitCode> {
  const { checkDeterminism, environment } = command;
  const { program, env } = environment;
  const secondRuns = checkDeterminism && program !== undefined ? startSecondRuns(program, env) : undefined;
  const count = workersFor(command);
  const { runs } = command;
  const isSweep = runs.seeds.first !== runs.seeds.last || runs.shard !== undefined;
  const file = journalFileOf(command);
  const page = file && shortPath(environment.cwd, path.join(path.dirname(file), 'index.html'));
  const reporters = await openReporters(command, isSweep ? headerOfCommand(command) : undefined, page);
  // An older journal stays where the reporters were mistaken.
  const journal = file === undefined ? undefined : await openJournal(command, file);
  const processes = Math.max(count, processesFor(command));
  const workers = program === undefined || processes < 2 ? undefined : startWorkers(program, env, processes);
  const hasSeedWorkers = count > 1;
  try {
    const code = await runAll(command, { secondRuns, workers, hasSeedWorkers, journal, reporters });
    await reporters.end();
    if (page !== undefined) environment.stderr.write(`sweep: ${page}\n`);
    return code;
  } finally {
    secondRuns?.close();
    await workers?.close();
    journal?.close();
  }
}

/** How many processes are worth it. A real etcd has one run at a time, and two runs of a seed are compared in one place. */
function workersFor({ runs, workers, checkDeterminism }: RunCommand): number {
  if (checkDeterminism || runs.scenarios.some(({ backend }) => backend !== 'simulated')) return 1;
  const { first, last } = runs.seeds;
  const seeds = (last - first + 1) * runs.scenarios.length;
  if (workers !== undefined) return Math.min(workers, last - first + 1);
  return workersWorth(seeds);
}

/** How many processes an analysis may start. */
function processesFor({ runs, workers, checkDeterminism }: RunCommand): number {
  if (checkDeterminism || runs.scenarios.some(({ backend }) => backend !== 'simulated')) return 1;
  return workers ?? os.availableParallelism();
}

/** The other processes of a command. */
interface Helpers {
  readonly secondRuns: SecondProcess | undefined;
  /** They start when they are first asked. */
  readonly workers: Workers | undefined;
  /** Whether they run the seeds, and not only the plans of an analysis. */
  readonly hasSeedWorkers: boolean;
  readonly journal: OpenJournal | undefined;
  readonly reporters: Reporters;
}

async function runAll(command: RunCommand, helpers: Helpers): Promise<ExitCode> {
  const { runs, environment, useCases, timeLimitMs } = command;
  const beganMs = environment.nowMs();
  const outcomes: (Verdict | 'lost')[] = [];
  let { bail } = command;
  for (const [index, settings] of runs.scenarios.entries()) {
    const backend = await useCases.createBackend(settings, (line) => environment.stderr.write(`${line}\n`));
    const leftMs = timeLimitMs === undefined ? undefined : timeLimitMs - (environment.nowMs() - beganMs);
    const { outcome, violated } = await runScenario(command, settings, backend, helpers, {
      index,
      bail,
      // What one scenario leaves is shared by the others.
      timeLimitMs: leftMs === undefined ? undefined : Math.max(0, leftMs) / (runs.scenarios.length - index),
    });
    if (outcome === 'interrupted' || outcome === 'nondeterministic') return exitCodes[outcome];
    outcomes.push(outcome);
    bail -= violated;
    if (bail <= 0) break;
  }
  return exitCodeOf(outcomes);
}

/** Is the process that makes the second runs of another. */
export async function secondRunsCommand(command: RunCommand): Promise<ExitCode> {
  await serveSecondRuns((name) => runnerFor(command, name));
  return exitCodes.satisfied;
}

/** Is a process that runs the seeds of another's sweep. */
export async function seedsCommand(command: RunCommand): Promise<ExitCode> {
  const runners = new Map<string, Promise<PlanRunner>>();
  await serveSeeds((name) => {
    const runner = runners.get(name) ?? runnerFor(command, name);
    runners.set(name, runner);
    return runner;
  });
  return exitCodes.satisfied;
}

async function runnerFor(command: RunCommand, name: string): Promise<PlanRunner> {
  const settings = command.runs.scenarios.find(({ scenario }) => scenario.name === name);
  if (settings === undefined) throw new Error(`the command has no scenario ${name}`);
  const backend = await command.useCases.createBackend(settings, () => undefined);
  return new PlanRunner({ ...runnerOptions({ ...command, settings, backend }), mutes: true });
}

/** When the sweep of one scenario ends. */
interface Limits {
  /** Its place among the scenarios. */
  readonly index: number;
  readonly bail: number;
  readonly timeLimitMs: number | undefined;
}

/** How a scenario went. */
interface ScenarioEnd {
  readonly outcome: CheckOutcome;
  /** How many seeds are violated. */
  readonly violated: number;
}

async function runScenario(
  command: RunCommand,
  settings: RunSettings,
  backend: Backend,
  { secondRuns, workers, hasSeedWorkers, journal, reporters }: Helpers,
  { index, ...limits }: Limits,
): Promise<ScenarioEnd> {
  const { shard } = command.runs;
  const seeds = shard === undefined ? command.runs.seeds : seedsOfShard(command.runs.seeds, shard);
  const { environment, presentation } = command;
  const { budget } = settings;
  const { stderr, cwd } = environment;
  const tell = (line: string) => stderr.write(`sim: ${line}\n`);
  const display = new CheckDisplay(stderr);
  // Only where a report is kept that shows what shrinking made.
  const shrinkRunsMax = presentation.reportDirectory === undefined ? 0 : command.shrinkRunsMax;
  const isSimulated = settings.backend === 'simulated';
  // The first part alone runs the kept failures.
  const corpusDirectory = isSimulated && (shard?.index ?? 1) === 1 ? command.corpusDirectory : undefined;
  const checker = new Checker({
    ...runnerOptions({ ...command, settings, backend }),
    ...(command.checkDeterminism ? { determinism: { secondRuns } } : {}),
    mutes: true,
    ...limits,
    isPart: shard !== undefined,
    journal: journal?.of(index),
    seedRuns: hasSeedWorkers ? workers?.of(settings.scenario.name, seeds) : undefined,
    planRuns: workers?.plansOf(settings.scenario.name),
    analysesMax: 1,
    shrinkRunsMax,
    shrinkEventsMax: SHRINK_EVENTS_MAX,
    explains: command.explains && shrinkRunsMax > 0 && isSimulated,
    corpus:
      corpusDirectory === undefined
        ? undefined
        : await openCorpus(command, path.resolve(cwd, corpusDirectory), tell),
    replayOfFile: (file) => `${commandNameOf(environment)} replay ${shellQuote(shortPath(cwd, file))}`,
    nowMs: () => environment.nowMs(),
    async onProgress(progress: CheckProgress) {
      display.show(progress);
      switch (progress.kind) {
        case 'seed':
          await reporters.seed(progress.record);
          break;
        case 'failed': {
          if (limits.bail <= 1) break;
          const { verdict, plan, replay } = progress.result;
          tell(`seed ${plan.seed} is ${verdict}: ${singleLine(firstMessage(progress.result))}; ${replay}`);
          break;
        }
        case 'known':
          await keepKnown(command, progress.result, budget);
          break;
        case 'kept':
          stderr.write(`corpus: ${shortPath(cwd, progress.file)}\n`);
          // Its analysis may change the plan so that a node never comes back.
          environment.watchdog?.advise(
            `replay: ${commandNameOf(environment)} replay ${shellQuote(shortPath(cwd, progress.file))}`,
          );
          break;
        case 'notice':
          tell(progress.text);
          break;
        default:
      }
    },
  });

  const late = (outcome: CheckOutcome): CheckOutcome => {
    if (outcome === 'interrupted') interruptedLate(stderr);
    return outcome;
  };
  const tellDifferences = (differences: readonly string[]) => {
    const [first, ...others] = differences;
    if (first !== undefined) tell(first);
    for (const line of others) stderr.write(`  ${line}\n`);
  };
  const scenario = settings.scenario.name;
  const show = async (report: Omit<ScenarioReport, 'scenario' | 'seeds'>) => {
    // To find them takes a tenth of a short run.
    const isWanted = command.presentation.reporters.some(({ name }) => readsSources(name));
    const sources = isWanted ? await sourcesFor(settings, report) : undefined;
    await present(command, reporters, { scenario, seeds, ...report, sources }, budget);
  };
  await reporters.begin(scenario, seeds);

  if (command.runs.seeds.first === command.runs.seeds.last) {
    const { result, outcome, differences, ...analysis } = await checker
      .checkSeed(seeds.first)
      .finally(() => display.end());
    if (result === undefined && outcome === 'interrupted') tell('interrupted during the run');
    const failures =
      result === undefined || result.verdict === 'satisfied'
        ? []
        : [{ signature: failureKindOf(result), seeds: [seeds.first], result, ...analysis }];
    await show({ outcome, run: result, failures, differences });
    tellDifferences(differences);
    const end = result === undefined ? outcome : late(outcome);
    return { outcome: end, violated: result?.verdict === 'violated' ? 1 : 0 };
  }
  const checked = await checker.checkSeeds(seeds).finally(() => display.end());
  const { sweep, outcome, differences } = checked;
  await checker.tellOutput();
  await show(checked);
  tellDifferences(differences);
  if (sweep !== undefined) tellEnd(environment, sweep, journal?.folder);
  if (sweep?.interrupted === true) return { outcome, violated: 0 };
  // Without a sweep, a known failure ended it.
  const violated = sweep?.failures.filter(({ verdict }) => verdict === 'violated').length ?? limits.bail;
  return { outcome: late(outcome), violated };
}

/** Where the checks that failed are written. */
async function sourcesFor(
  { scenario, options }: RunSettings,
  { run, sweep, known, failures }: Omit<ScenarioReport, 'scenario' | 'seeds'>,
): Promise<ScenarioReport['sources']> {
  const kinds = kindsOf({ run, sweep, known, failures });
  if (kinds.length === 0) return undefined;
  const { sourcesOf } = await import('../sources-of-checks.js');
  const resultOf = (signature: string) => failures.find((one) => one.signature === signature)?.result;
  return sourcesOf(
    scenario,
    options,
    kinds.map(({ signature }) => ({ signature, result: resultOf(signature) })),
  );
}

/** A part only reads: what it finds is in its blob, and other parts must not find it again. */
async function openCorpus(
  { useCases, runs }: RunCommand,
  directory: string,
  notice: (line: string) => void,
): Promise<Corpus> {
  const corpus = await useCases.openCorpus(directory, notice);
  if (runs.shard === undefined) return corpus;
  return {
    fileOf: (entry) => corpus.fileOf(entry),
    read: (scenario) => corpus.read(scenario),
    keep: () => Promise.resolve(undefined),
    move: () => Promise.resolve(),
  };
}
