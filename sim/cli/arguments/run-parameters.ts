/**
 * From settings to runs: which scenarios, with which options, on which seeds. Invariant: the parameters of a run are
 * complete and valid; two equal ones on the simulated backend give the same run.
 */
import type { FaultSelection } from '../../explore/fault-selection.js';
import type { StrategySelection } from '../../explore/strategies/strategy-selection.js';
import type { SeedRange } from '../../explore/sweep.js';
import type { Shard } from '../../harness/sweep/header.js';
import type { RunParameters } from '../../harness/plan-runner.js';
import { impossibleFault } from '../../harness/possible-faults.js';
import { quote, suggestion, InputError } from '../../input/parsed.js';
import { parseOptions } from '../../scenario/parse-options.js';
import type { OptionValues } from '../../plan/options.js';
import type { Scenario } from '../../scenario/scenario.js';
import { memberCounts, type BackendName, type MemberCount, type Settings } from './flags.js';
import type { Origin, ResolvedSettings } from './settings.js';
import { seedRange } from './value-shapes.js';

/** One scenario that a command runs: everything that its runs depend on besides their seeds, and where they run. */
export interface RunSettings extends RunParameters {
  readonly members: MemberCount;
  readonly backend: BackendName;
  readonly endpoints: readonly string[] | undefined;
  readonly toxiproxy: string | undefined;
}

export interface ChosenRuns {
  /** One for each scenario. */
  readonly scenarios: readonly RunSettings[];
  /** Of all parts together. */
  readonly seeds: SeedRange;
  /** The part that this command runs; undefined for all. */
  readonly shard: Shard | undefined;
}

/** What `--scenario` chooses from. */
export interface Registry {
  readonly scenarios: readonly Scenario[];
  readonly specimens: readonly Scenario[];
}

/** @throws InputError */
export function chooseRuns(resolved: ResolvedSettings, registry: Registry): ChosenRuns {
  const { settings } = resolved;
  const scenarios = chooseScenarios(settings.scenario, registry);
  const { endpoints, toxiproxy } = chooseRealParts(resolved);
  const membersOf = new Map(
    scenarios.map((scenario) => [scenario, chooseMembers(resolved, scenario, endpoints)]),
  );
  rejectImpossibleFaults(settings.faults, membersOf);
  rejectStrayOptions(settings, scenarios);
  const chosen = scenarios.map((scenario): RunSettings => {
    return {
      scenario,
      options: chooseOptions(settings, scenario, scenarios.length > 1),
      faults: settings.faults,
      members: membersOf.get(scenario) ?? settings.members,
      etcdVersion: settings.etcdVersion,
      strategy: chooseStrategy(resolved),
      backend: settings.backend,
      endpoints,
      toxiproxy,
      budget: budgetOf(settings),
    };
  });
  const seeds = chooseSeeds(resolved);
  return { scenarios: chosen, seeds, shard: chooseShard(resolved, seeds) };
}

export function budgetOf({ maxEvents, maxVirtualTimeMs, livenessMs }: Settings): RunParameters['budget'] {
  return { maxEvents, maxVirtualTimeMs, livenessMs };
}

function chooseScenarios(name: string | undefined, registry: Registry): readonly Scenario[] {
  const candidates = [...registry.scenarios, ...registry.specimens];
  const names = [...candidates.map((scenario) => scenario.name), 'all'];
  if (name === undefined) {
    throw new InputError(`nothing to run: expected --scenario with one of ${names.join(', ')}; see sim help`);
  }
  if (name === 'all') return registry.scenarios;
  const scenario = candidates.find((candidate) => candidate.name === name);
  if (scenario !== undefined) return [scenario];
  const hint = suggestion(name, names);
  throw new InputError(`unknown scenario ${quote(name)}: expected one of ${names.join(', ')}${hint}`);
}

/** A fault that has no meaning in so small a cluster, or in no scenario, is left out of a swarm, and refused by its name. */
function rejectImpossibleFaults(faults: FaultSelection, membersOf: ReadonlyMap<Scenario, MemberCount>): void {
  const grounds = [...membersOf].map(([{ restart }, members]) => ({
    members,
    restarts: restart !== undefined,
  }));
  const impossible = impossibleFault(faults, grounds);
  if (impossible === undefined) return;
  const { kind, needs } = impossible;
  if (needs === 'members') {
    throw new InputError(`the fault ${kind} needs --members ${impossible.min}, got ${impossible.got}`);
  }
  const names = [...membersOf.keys()].map(({ name }) => name).join(', ');
  throw new InputError(`the fault ${kind} needs a scenario with restart(), got ${names}`);
}

/** With several scenarios an option is for those that have it. */
function rejectStrayOptions(settings: Settings, scenarios: readonly Scenario[]): void {
  if (scenarios.length < 2) return;
  const known = [...new Set(scenarios.flatMap((scenario) => Object.keys(scenario.options)))];
  for (const name of Object.keys(settings.set)) {
    if (known.includes(name)) continue;
    throw new InputError(`no scenario has the option ${quote(name)}${suggestion(name, known)}`);
  }
}

function chooseOptions(settings: Settings, scenario: Scenario, several: boolean): OptionValues {
  const given = Object.entries(settings.set).filter(
    ([name]) => !several || Object.hasOwn(scenario.options, name),
  );
  const options = parseOptions(scenario.options, Object.fromEntries(given));
  if (options.kind === 'malformed') throw new InputError(`scenario ${scenario.name}: ${options.message}`);
  return options.value;
}

const strength: Readonly<Record<Origin, number>> = { flag: 3, environment: 2, config: 1, default: 0 };

/** A seed that is given more strongly than a sweep is one run; that is how a replay command overrides a config. */
function chooseSeeds({ settings, origins }: ResolvedSettings): SeedRange {
  const { seed, seeds } = settings;
  if (seeds === undefined || strength[origins.seed] > strength[origins.seeds])
    return { first: seed, last: seed };
  if (seeds.kind === 'range') {
    if (origins.seed === origins.seeds) {
      throw new InputError(
        'expected --seeds A..B alone, or --seeds N with the first seed in --seed, got --seeds A..B with --seed',
      );
    }
    return { first: seeds.first, last: seeds.last };
  }
  const last = seed + seeds.count - 1;
  if (last > seedRange.max) {
    throw new InputError(
      `expected seeds up to ${seedRange.max}, got ${seeds.count} seeds starting at ${seed}`,
    );
  }
  return { first: seed, last };
}

/** A part of the seeds. @throws InputError where it has none, or cannot be merged */
function chooseShard({ settings }: ResolvedSettings, { first, last }: SeedRange): Shard | undefined {
  const { shard } = settings;
  const count = last - first + 1;
  if (shard !== undefined && shard.of > count) {
    throw new InputError(`--shard: expected at most as many parts as seeds, got ${shard.of} for ${count}`);
  }
  if (shard !== undefined && settings.backend === 'real') {
    throw new InputError('--shard needs --backend simulated, got real');
  }
  return shard;
}

/** What belongs to the real backend alone is a mistake as a flag of another, and ignored from weaker places. */
function chooseRealParts({ settings, origins }: ResolvedSettings) {
  if (settings.endpoints !== undefined && origins.etcdVersion === 'flag') {
    throw new InputError(
      '--etcd-version cannot be combined with --endpoints: that etcd has a version already',
    );
  }
  if (settings.backend === 'real') return { endpoints: settings.endpoints, toxiproxy: settings.toxiproxy };
  for (const key of ['endpoints', 'toxiproxy'] as const) {
    if (origins[key] === 'flag')
      throw new InputError(`--${key} needs --backend real, got ${settings.backend}`);
  }
  return { endpoints: undefined, toxiproxy: undefined };
}

/** After how many violated seeds the command ends. @throws InputError */
export function chooseBail({ settings, origins }: ResolvedSettings): number {
  if (settings.keepGoing && strength[origins.bail] === strength[origins.keepGoing]) {
    throw new InputError('--bail cannot be combined with --keep-going');
  }
  return settings.keepGoing && strength[origins.keepGoing] > strength[origins.bail]
    ? Infinity
    : settings.bail;
}

/** Whether every seed is run twice; a real etcd gives two different runs in any case. */
export function choosesDeterminism({ settings, origins }: ResolvedSettings): boolean {
  if (settings.checkDeterminism && settings.backend === 'real' && origins.checkDeterminism === 'flag') {
    throw new InputError(`--check-determinism needs --backend simulated, got ${settings.backend}`);
  }
  return settings.checkDeterminism && settings.backend === 'simulated';
}

/** On a real etcd the machine chooses. */
function chooseStrategy({ settings, origins }: ResolvedSettings): StrategySelection {
  if (settings.backend === 'simulated') return settings.strategy;
  if (origins.strategy === 'flag') {
    throw new InputError(`--strategy needs --backend simulated, got ${settings.backend}`);
  }
  return ['time'];
}

/** The member count that was asked for, or else the scenario's own. With endpoints, their number. */
export function chooseMembers(
  { settings, origins }: ResolvedSettings,
  scenario: Scenario,
  endpoints?: readonly string[],
): MemberCount {
  if (endpoints === undefined) {
    return origins.members === 'default' ? (scenario.members ?? settings.members) : settings.members;
  }
  const count = memberCounts.find((candidate) => candidate === endpoints.length);
  if (count === undefined) {
    throw new InputError(`expected ${memberCounts.join(' or ')} endpoints, got ${endpoints.length}`);
  }
  if (origins.members !== 'default' && settings.members !== count) {
    throw new InputError(`expected one endpoint per member, got ${count} for ${settings.members}`);
  }
  return count;
}
