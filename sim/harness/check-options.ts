/**
 * The options of a check and their defaults. Invariant: the resulting parameters are complete, and invalid options
 * are refused in one line.
 */
import type { Backend } from '../backend/backend.js';
import type { Budget } from '../engine/engine.js';
import { DEFAULT_ETCD_VERSION, type EtcdVersion } from '../etcd/version.js';
import { mix, formatStrategySelection, type StrategyName } from '../explore/strategies/strategy-selection.js';
import type { FaultPattern } from '../faults/fault-pattern.js';
import type { Fault } from '../faults/index.js';
import { InputError } from '../input/parsed.js';
import type { OptionValues } from '../plan/options.js';
import { DEFAULT_BUDGET } from '../run/budget.js';
import { expectScenario } from '../scenario/expect-scenario.js';
import type { Scenario } from '../scenario/scenario.js';
import type { ProgressListener } from './check-progress.js';
import type { SeedRange } from '../explore/sweep.js';
import {
  formatFaultSelection,
  parseFaultSelection,
  type FaultSelection,
} from '../explore/fault-selection.js';
import type { RunParameters } from './plan-runner.js';
import { impossibleFault } from './possible-faults.js';

/** A part of a selection of faults. */
export type FaultWord = 'swarm' | 'all' | FaultPattern | `-${FaultPattern}`;

export interface CheckOptions {
  /** How many seeds to run; 100 by default. */
  readonly seeds?: number;
  /** The first of them; 0 by default. */
  readonly seed?: number;
  /** The scenario's options; the others keep their defaults. */
  readonly options?: OptionValues;
  /**
   * The kinds of fault: a random subset per seed (`swarm`, the default), all, none, or a list. `-clock-jump` and
   * `-clock-*` leave kinds out: `['swarm', '-clock-*']`. Or the faults of every run, as a plan holds them:
   * `[{ kind: 'node-pause', node: 'a', atMs: 2000, durationMs: 8000 }]`.
   */
  readonly faults?: 'swarm' | 'all' | 'none' | readonly FaultWord[] | readonly Fault[];
  /** How to order events that are due at about the same time; given several, each seed draws one. */
  readonly strategy?: StrategyName | readonly StrategyName[];
  /** The number of etcd members; by default the scenario's, or else 1. */
  readonly members?: number;
  /** 3.6 by default. */
  readonly etcdVersion?: EtcdVersion;
  /** The backend; in simulation by default. */
  readonly backend?: Backend;
  /** The limits of each run: events, and milliseconds of virtual time. */
  readonly budget?: Partial<Budget>;
  /** Whether to continue after a violation; false by default. */
  readonly keepGoing?: boolean;
  /** Ends the check after so many violated seeds; 1 by default. Not with `keepGoing`. */
  readonly bail?: number;
  /** No seed begins after so many milliseconds; the check then holds for the seeds that have run. None by default. */
  readonly timeLimitMs?: number;
  /** Whether to shrink the first failure; true by default. */
  readonly shrink?: boolean;
  /** Whether to look for the moment that decides the failure; true by default. */
  readonly explain?: boolean;
  /** A folder that keeps failures; the next check replays them first. None by default. */
  readonly corpus?: string;
  /** Whether to run every seed twice and to compare both runs; false by default. */
  readonly checkDeterminism?: boolean;
  /**
   * After how many seconds of processor time code that never lets go is named, with seed, node and stack, and the process
   * ends with exit code 70; 15 by default, 0 for never.
   */
  readonly watchdogSeconds?: number;
  /**
   * How many processes run the seeds and the runs of a long analysis; the result does not depend on it. More than 1 needs
   * a scenario of `loadScenario`, for which the number of cores is the default; otherwise 1 is. With a `backend` or with
   * `checkDeterminism` there is one process.
   */
  readonly workers?: number;
  /** Ends the check between two events. */
  readonly signal?: AbortSignal;
  /** Reports progress; the check waits for the promise that it returns. */
  readonly onProgress?: ProgressListener;
}

const SEEDS_DEFAULT = 100;
const SEED_MAX = 2 ** 32 - 1;

/** @param options in order, see `expectCheckOptions`. @throws InputError, ScenarioError */
export function parametersOf(scenario: Scenario, options: CheckOptions): RunParameters {
  expectScenario(scenario);
  const { strategy = mix, members = scenario.members ?? 1 } = options;
  const faults = readFaults(options.faults ?? 'swarm');
  expectPossible(faults, scenario, members);
  return {
    scenario,
    options: options.options ?? {},
    faults,
    members,
    etcdVersion: options.etcdVersion ?? DEFAULT_ETCD_VERSION,
    strategy: typeof strategy === 'string' ? [strategy] : strategy,
    budget: budgetOf(options.budget),
  };
}

/** @throws InputError */
function expectPossible(faults: FaultSelection, scenario: Scenario, members: number): void {
  const impossible = impossibleFault(faults, [{ members, restarts: scenario.restart !== undefined }]);
  if (impossible === undefined) return;
  const { kind, needs } = impossible;
  if (needs === 'members') {
    throw new InputError(`faults: ${kind} needs members: ${impossible.min}, got ${impossible.got}`);
  }
  const what = scenario.isOpen === true ? 'restarts: true' : 'a scenario with restart()';
  throw new InputError(`faults: ${kind} needs ${what}`);
}

/** A limit that is undefined has its default. */
function budgetOf(given: Partial<Budget> = {}): Budget {
  const limits = Object.entries(given).filter(([, limit]) => limit !== undefined);
  return { ...DEFAULT_BUDGET, ...Object.fromEntries(limits) };
}

/** @throws InputError */
function readFaults(faults: NonNullable<CheckOptions['faults']>): FaultSelection {
  if (isWritten(faults)) return { kind: 'written', faults };
  const parsed = parseFaultSelection(typeof faults === 'string' ? faults : faults.join(','));
  if (parsed.kind === 'malformed') throw new InputError(`faults: ${parsed.message}`);
  return parsed.value;
}

/** The options were checked before. */
function isWritten(faults: NonNullable<CheckOptions['faults']>): faults is readonly Fault[] {
  return typeof faults === 'object' && typeof faults[0] === 'object';
}

/** After how many violated seeds the check ends. @throws InputError */
export function bailOf({ bail, keepGoing = false }: Pick<CheckOptions, 'bail' | 'keepGoing'>): number {
  if (keepGoing && bail !== undefined) throw new InputError('bail: expected none with keepGoing, got both');
  return keepGoing ? Infinity : (bail ?? 1);
}

/** @throws InputError */
export function seedRangeOf({ seed = 0, seeds = SEEDS_DEFAULT }: CheckOptions): SeedRange {
  const last = seed + seeds - 1;
  if (last > SEED_MAX) throw new InputError(`seeds: expected none above ${SEED_MAX}, got one of ${last}`);
  return { first: seed, last };
}

/** The call that checks one seed again. */
export function callOf({ scenario, ...parameters }: RunParameters, seed: number): string {
  const faults = formatFaultSelection(parameters.faults);
  const isUsual = faults === 'swarm';
  const { kind } = parameters.faults;
  const named =
    kind === 'written'
      ? faults
      : faults.includes(',') || kind === 'only'
        ? JSON.stringify(faults.split(','))
        : `'${faults}'`;
  const strategy = formatStrategySelection(parameters.strategy);
  const said = [
    `seed: ${seed}`,
    'seeds: 1',
    ...(isUsual ? [] : [`faults: ${named}`]),
    ...(strategy === formatStrategySelection(mix)
      ? []
      : [`strategy: ${JSON.stringify(parameters.strategy)}`]),
    ...(parameters.members === (scenario.members ?? 1) ? [] : [`members: ${parameters.members}`]),
    ...(parameters.etcdVersion === DEFAULT_ETCD_VERSION ? [] : [`etcdVersion: '${parameters.etcdVersion}'`]),
    ...(Object.keys(parameters.options).length === 0
      ? []
      : [`options: ${JSON.stringify(parameters.options)}`]),
  ];
  return `check(${scenario.name}, { ${said.join(', ')} })`;
}
