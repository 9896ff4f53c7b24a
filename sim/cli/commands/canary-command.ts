/**
 * `sim canary`: sweeps over the specimens, each of which must be caught. Invariant: one row for every specimen; one
 * that is missed makes the command end with 1. The result does not depend on how many processes there are.
 */
import os from 'node:os';
import { EnvironmentError } from '../../backend/environment-error.js';
import { canary, medianSeeds, type CanaryResult } from '../../explore/canary.js';
import { LostRunError } from '../../explore/lost-run.js';
import { PlanRunner } from '../../harness/plan-runner.js';
import type { Workers } from '../../harness/workers/pool.js';
import { serveSeeds } from '../../harness/workers/serve-seeds.js';
import { quote, suggestion, InputError } from '../../input/parsed.js';
import { formatTable } from '../../report/layout.js';
import { formatNoun } from '../../report/quantities.js';
import type { RunResult } from '../../run/run-result.js';
import { defaultOptions } from '../../scenario/parse-options.js';
import type { Scenario } from '../../scenario/scenario.js';
import type { Settings } from '../arguments/flags.js';
import { budgetOf, chooseMembers, type Registry, type RunSettings } from '../arguments/run-parameters.js';
import type { ResolvedSettings } from '../arguments/settings.js';
import type { CliEnvironment } from '../environment.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { runnerOptions } from '../runner-options.js';
import { SIMULATED, type UseCases } from '../use-cases.js';
import { startWorkers } from '../workers.js';

/** What a specimen is allowed unless it says otherwise. */
const SEEDS_MAX = 100;

export async function canaryCommand(
  resolved: ResolvedSettings,
  registry: Registry,
  environment: CliEnvironment,
  useCases: UseCases,
): Promise<ExitCode> {
  const { settings } = resolved;
  const { stdout, stderr, signal } = environment;
  const specimens = chooseSpecimens(settings.scenario, registry);
  const runnerOf = async (name: string): Promise<PlanRunner> => {
    const [specimen] = chooseSpecimens(name, registry);
    if (specimen === undefined) throw new Error(`expected a specimen, got ${name}`);
    const run = settingsOf(specimen, resolved);
    const backend = await useCases.createBackend(run, () => undefined);
    return new PlanRunner(runnerOptions({ settings: run, backend, environment, useCases }));
  };
  if (environment.role === 'seeds') {
    await serveSeeds(runnerOf);
    return exitCodes.satisfied;
  }
  let done = 0;
  const sweepOver = async (
    specimen: Scenario,
    runSeed: (seed: number) => Promise<RunResult>,
  ): Promise<CanaryResult> => {
    const { starts, seed } = settings;
    const seedsMax = settings.budget ?? specimen.caughtWithinSeeds ?? SEEDS_MAX;
    const result = await canary({ specimen: specimen.name, starts, seed, seedsMax, signal, runSeed });
    stderr.write(`${++done} of ${specimens.length}: ${describe(result)}\n`);
    return result;
  };
  const workers = workersFor(settings, environment, specimens.length);
  const results: CanaryResult[] = [];
  try {
    if (workers !== undefined) {
      results.push(...(await Promise.all(specimens.map((one) => sweepOver(one, workers.each(one.name))))));
    } else {
      for (const specimen of specimens) {
        const runner = await runnerOf(specimen.name);
        const runSeed = (seed: number) => runner.runSeed(seed, { stacks: false, progress: () => undefined });
        results.push(await sweepOver(specimen, runSeed));
      }
    }
  } catch (error) {
    throw error instanceof LostRunError ? new EnvironmentError(error.message, { cause: error }) : error;
  } finally {
    await workers?.close();
  }
  stdout.write(`${formatTable(HEADINGS, results.map(rowOf))}\n`);
  const missed = results.filter((result) => result.starts.some((start) => start.kind === 'missed'));
  if (missed.length === 0) return exitCodes.satisfied;
  stdout.write(`missed at least once: ${missed.map((result) => result.specimen).join(', ')}\n`);
  return exitCodes.violated;
}

/** One specimen is swept over in one process, since its seeds run one after the other until it is caught. */
function workersFor(
  { workers }: Settings,
  { program, env }: CliEnvironment,
  specimens: number,
): Workers | undefined {
  const count = Math.min(workers ?? os.availableParallelism(), specimens);
  return program === undefined || count < 2 ? undefined : startWorkers(program, env, count);
}

const HEADINGS = ['specimen', 'caught', 'median seeds', 'most', 'allowed', 'first seen by'] as const;

function rowOf(result: CanaryResult): string[] {
  const caught = result.starts.filter((start) => start.kind === 'caught');
  const [first] = caught;
  return [
    result.specimen,
    `${caught.length} of ${result.starts.length}`,
    String(medianSeeds(result) ?? '-'),
    caught.length === 0 ? '-' : String(Math.max(...caught.map((start) => start.seedsRun))),
    String(result.seedsMax),
    first === undefined ? '-' : (first.message.split(':')[0] ?? ''),
  ];
}

function describe(result: CanaryResult): string {
  const median = medianSeeds(result);
  return `${result.specimen} ${median === undefined ? 'was missed' : `was caught after ${formatNoun(median, 'seed')}`}`;
}

function chooseSpecimens(name: string | undefined, { specimens }: Registry): readonly Scenario[] {
  if (name === undefined || name === 'all') return specimens;
  const specimen = specimens.find((candidate) => candidate.name === name);
  if (specimen !== undefined) return [specimen];
  const names = specimens.map((candidate) => candidate.name);
  throw new InputError(
    `unknown specimen ${quote(name)}: expected one of ${names.join(', ')}${suggestion(name, names)}`,
  );
}

function settingsOf(scenario: Scenario, resolved: ResolvedSettings): RunSettings {
  const { settings } = resolved;
  return {
    scenario,
    options: defaultOptions(scenario.options),
    faults: settings.faults,
    members: chooseMembers(resolved, scenario),
    etcdVersion: settings.etcdVersion,
    strategy: settings.strategy,
    ...SIMULATED,
    budget: budgetOf(settings),
  };
}
