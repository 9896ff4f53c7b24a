/**
 * Checks the options of a check, of a test and of a replay. JavaScript is not type-checked: a mistyped `member: 3`
 * would otherwise silently run with one member. Invariant: options that pass are all known, each in its range.
 */
import * as v from 'valibot';
import { etcdVersions } from '../etcd/version.js';
import { MEMBERS_MAX } from '../explore/expect-request.js';
import { strategyNames } from '../explore/strategies/strategy-selection.js';
import { writtenFaultsSchema } from '../faults/index.js';
import { expectOptions } from '../input/expect-options.js';
import { WATCHDOG_SECONDS_MAX } from '../watchdog/watchdog.js';
import { choice, fields, list, seed, text, whole } from '../input/schema.js';

/** The options, if they are in order. @throws InputError */
export function expectCheckOptions<Options extends object>(options: Options): Options {
  return expectOptions(checkSchema, options);
}

/** As {@link expectCheckOptions}, for `simulate`. @throws InputError */
export function expectTestOptions<Options extends object>(options: Options): Options {
  return expectOptions(testSchema, options);
}

/** As {@link expectCheckOptions}, for `simTest`. @throws InputError */
export function expectRunnerOptions<Options extends object>(options: Options): Options {
  return expectOptions(runnerSchema, options);
}

/** As {@link expectCheckOptions}, for `replay`. @throws InputError */
export function expectReplayOptions<Options extends object>(options: Options): Options {
  return expectOptions(replaySchema, options);
}

/** As {@link expectCheckOptions}, for `explain`. @throws InputError */
export function expectExplainOptions<Options extends object>(options: Options): Options {
  return expectOptions(explainSchema, options);
}

/** As {@link expectCheckOptions}, for `shrink`. @throws InputError */
export function expectShrinkOptions<Options extends object>(options: Options): Options {
  return expectOptions(shrinkSchema, options);
}

const SEED_MAX = 2 ** 32 - 1;
const LIMIT_MAX = 1_000_000_000;
const SHRINK_RUNS_LIMIT = 1_000_000;
/** What a timer takes. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

const WORKERS_MAX = 256;

const flag = v.optional(v.boolean('true or false'));
const limit = v.optional(whole(1, LIMIT_MAX));

const watched = {
  // Any object that behaves as one: a test's environment may have a class of its own.
  signal: v.optional(v.custom(isSignal, 'an AbortSignal')),
  onProgress: v.optional(v.function('a function')),
};

const workers = v.optional(whole(1, WORKERS_MAX));

const common = {
  ...watched,
  seeds: v.optional(whole(1, SEED_MAX + 1)),
  seed: v.optional(seed),
  faults: v.optional(
    v.lazy((input) =>
      !Array.isArray(input)
        ? v.string('swarm, all, none, or a list of kinds of fault or of faults')
        : typeof input[0] === 'object'
          ? writtenFaultsSchema
          : list(v.string('a kind of fault')),
    ),
  ),
  strategy: v.optional(
    oneOrList(
      choice(strategyNames),
      v.pipe(list(choice(strategyNames)), v.minLength(1, 'at least one strategy')),
    ),
  ),
  members: v.optional(whole(1, MEMBERS_MAX)),
  etcdVersion: v.optional(choice(etcdVersions)),
  backend: v.optional(v.custom(isBackend, 'a backend, such as createSimulatedBackend()')),
  budget: v.optional(fields({ maxEvents: limit, maxVirtualTimeMs: limit, livenessMs: limit }, 'option')),
  keepGoing: flag,
  bail: limit,
  timeLimitMs: limit,
  shrink: flag,
  explain: flag,
  corpus: v.optional(text('the path of a folder')),
  checkDeterminism: flag,
  watchdogSeconds: v.optional(whole(0, WATCHDOG_SECONDS_MAX)),
};

const checkSchema = fields(
  { ...common, workers, options: v.optional(v.looseObject({}, 'an object of options')) },
  'option',
);

const ofTests = {
  ...common,
  restarts: flag,
  reports: v.optional(v.union([text(), v.literal(false)], 'the path of a folder, or false')),
};

const testSchema = fields(
  { ...ofTests, title: v.optional(v.string('a title')), command: v.optional(v.string('a shell command')) },
  'option',
);

const { signal: _, ...ofRunners } = ofTests;
const runnerSchema = fields({ ...ofRunners, timeout: v.optional(whole(0, TIMEOUT_MAX_MS)) }, 'option');

const replaySchema = fields(watched, 'option');
const explainSchema = fields({ ...watched, workers }, 'option');
const shrinkSchema = fields(
  { ...watched, workers, maxRuns: v.optional(whole(0, SHRINK_RUNS_LIMIT)) },
  'option',
);

/** Says of a list which item is wrong. */
function oneOrList(one: v.GenericSchema, several: v.GenericSchema) {
  return v.lazy((input) => (Array.isArray(input) ? several : one));
}

function isSignal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>;
  return (
    typeof aborted === 'boolean' &&
    typeof addEventListener === 'function' &&
    typeof removeEventListener === 'function'
  );
}

function isBackend(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { name, execute } = value as Readonly<Record<string, unknown>>;
  return (name === 'simulated' || name === 'real') && typeof execute === 'function';
}
