/**
 * What a check may be asked for, and what it does unless it is asked for something else. Invariant: the parameters that
 * come out are complete, and what makes no sense is refused in one line.
 */
import type { Backend } from '../backend/backend.js';
import type { Budget } from '../engine/engine.js';
import { DEFAULT_ETCD_VERSION, type EtcdVersion } from '../etcd/version.js';
import { mix, formatStrategySelection, type StrategyName } from '../explore/strategies/strategy-selection.js';
import type { FaultPattern } from '../faults/fault-pattern.js';
import { describeValue } from '../input/describe-value.js';
import { InputError } from '../input/parsed.js';
import type { OptionValues } from '../plan/options.js';
import { DEFAULT_BUDGET } from '../run/budget.js';
import { expectScenario } from '../scenario/expect-scenario.js';
import type { Scenario } from '../scenario/scenario.js';
import type { ProgressListener } from './check-progress.js';
import type { SeedRange } from './checker.js';
import {
  formatFaultSelection,
  parseFaultSelection,
  type FaultSelection,
} from '../explore/fault-selection.js';
import type { RunParameters } from './plan-runner.js';

/** A part of a selection of faults. */
export type FaultWord = 'swarm' | 'all' | FaultPattern | `-${FaultPattern}`;

export interface CheckOptions {
  /** How many seeds to run; 100 by default. */
  readonly seeds?: number;
  /** The first of them; 0 by default. */
  readonly seed?: number;
  /** The scenario's options; those that are not named have their defaults. */
  readonly options?: OptionValues;
  /**
   * Which kinds of fault there may be: per seed a random subset (`swarm`, the default), all, none, or these. `-clock-jump`
   * and `-clock-*` leave kinds out: `['swarm', '-clock-*']`.
   */
  readonly faults?: 'swarm' | 'all' | 'none' | readonly FaultWord[];
  /** How to order events that are due at about the same time; one of several is drawn per seed. */
  readonly strategy?: StrategyName | readonly StrategyName[];
  /** How many etcd members there are; those of the scenario by default, or else 1. */
  readonly members?: number;
  /** 3.6 by default. */
  readonly etcdVersion?: EtcdVersion;
  /** Where it runs; in simulation by default. */
  readonly backend?: Backend;
  /** What each run may use up: events, and milliseconds of virtual time. */
  readonly budget?: Partial<Budget>;
  /** Whether to run on after a violation; false by default. */
  readonly keepGoing?: boolean;
  /** Whether to make the first failure as small as it gets; true by default. */
  readonly shrink?: boolean;
  /** Whether to look for the moment that decides the failure; true by default. */
  readonly explain?: boolean;
  /** A folder that keeps failures: they are run first the next time. Nowhere by default. */
  readonly corpus?: string;
  /** Whether to run every seed twice and to compare both runs; false by default. */
  readonly checkDeterminism?: boolean;
  /** Ends the check between two events. */
  readonly signal?: AbortSignal;
  /** Told how far it is; the check waits for what it returns. */
  readonly onProgress?: ProgressListener;
}

const SEEDS_DEFAULT = 100;
const SEED_MAX = 2 ** 32 - 1;

/** @throws InputError, ScenarioError */
export function parametersOf(scenario: Scenario, options: CheckOptions): RunParameters {
  expectScenario(scenario);
  const { faults = 'swarm', strategy = mix } = options;
  return {
    scenario,
    options: options.options ?? {},
    faults: readFaults(faults),
    members: options.members ?? scenario.members ?? 1,
    etcdVersion: options.etcdVersion ?? DEFAULT_ETCD_VERSION,
    strategy: typeof strategy === 'string' ? [strategy] : strategy,
    budget: { ...DEFAULT_BUDGET, ...options.budget },
  };
}

/** @throws InputError */
function readFaults(faults: NonNullable<CheckOptions['faults']>): FaultSelection {
  const text = typeof faults === 'string' ? faults : Array.isArray(faults) ? faults.join(',') : undefined;
  if (text === undefined) {
    throw new InputError(`faults: expected a text or a list of texts, got ${describeValue(faults)}`);
  }
  const parsed = parseFaultSelection(text);
  if (parsed.kind === 'malformed') throw new InputError(`faults: ${parsed.message}`);
  return parsed.value;
}

/** @throws InputError */
export function seedRangeOf({ seed = 0, seeds = SEEDS_DEFAULT }: CheckOptions): SeedRange {
  const isWhole = (value: number, min: number) => Number.isSafeInteger(value) && value >= min;
  if (!isWhole(seed, 0) || seed > SEED_MAX) {
    throw new InputError(`seed: expected a whole number from 0 to ${SEED_MAX}, got ${describeValue(seed)}`);
  }
  if (!isWhole(seeds, 1)) {
    throw new InputError(`seeds: expected a whole number from 1 on, got ${describeValue(seeds)}`);
  }
  const last = seed + seeds - 1;
  if (last > SEED_MAX) throw new InputError(`seeds: expected none above ${SEED_MAX}, got one of ${last}`);
  return { first: seed, last };
}

/** The call that checks one seed again. */
export function callOf({ scenario, ...parameters }: RunParameters, seed: number): string {
  const faults = formatFaultSelection(parameters.faults);
  const isUsual = faults === 'swarm';
  const named =
    faults.includes(',') || parameters.faults.kind === 'only'
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
