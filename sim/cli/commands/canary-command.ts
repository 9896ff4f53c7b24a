/**
 * `sim canary`: sweeps over the specimens, each of which must be caught. Invariant: one row for every specimen; one
 * that is missed makes the command end with 1.
 */
import { canary, medianSeeds, type CanaryResult } from '../../explore/canary.js';
import { PlanRunner } from '../../harness/plan-runner.js';
import { quote, suggestion, InputError } from '../../input/parsed.js';
import { formatTable } from '../../report/layout.js';
import { formatNoun } from '../../report/quantities.js';
import { defaultOptions } from '../../scenario/parse-options.js';
import type { Scenario } from '../../scenario/scenario.js';
import type { CliEnvironment } from '../environment.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import type { ResolvedSettings } from '../arguments/settings.js';
import { runnerOptions } from '../runner-options.js';
import { SIMULATED, type UseCases } from '../use-cases.js';
import { budgetOf, chooseMembers, type Registry, type RunSettings } from '../arguments/run-parameters.js';

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
  const results: CanaryResult[] = [];
  for (const [index, specimen] of specimens.entries()) {
    const run = settingsOf(specimen, resolved);
    const backend = await useCases.createBackend(run, () => undefined);
    const runner = new PlanRunner(runnerOptions({ settings: run, backend, environment, useCases }));
    const result = await canary({
      specimen: specimen.name,
      starts: settings.starts,
      seed: settings.seed,
      seedsMax: settings.budget ?? specimen.caughtWithinSeeds ?? SEEDS_MAX,
      signal,
      runSeed: (seed) => runner.runSeed(seed, { stacks: false, progress: () => undefined }),
    });
    results.push(result);
    stderr.write(`${index + 1} of ${specimens.length}: ${describe(result)}\n`);
  }
  stdout.write(`${formatTable(HEADINGS, results.map(rowOf))}\n`);
  const missed = results.filter((result) => result.starts.some((start) => start.kind === 'missed'));
  if (missed.length === 0) return exitCodes.satisfied;
  stdout.write(`missed at least once: ${missed.map((result) => result.specimen).join(', ')}\n`);
  return exitCodes.violated;
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
