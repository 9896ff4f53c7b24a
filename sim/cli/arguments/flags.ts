/**
 * Every flag of every command, in the order the help prints them. Adding one is one entry here; arguments,
 * environment variables, config files and the help follow from it.
 */
import { DEFAULT_BUDGET, SHRINK_RUNS_MAX } from '../../run/budget.js';
import { parseFaultSelection, type FaultSelection } from '../../explore/fault-selection.js';
import {
  formatStrategySelection,
  mix,
  parseStrategySelection,
  strategyNames,
  type StrategySelection,
} from '../../explore/strategies/strategy-selection.js';
import { expected, ok, parseChoice, parseInteger, type Parsed } from '../../input/parsed.js';
import { DEFAULT_ETCD_VERSION, etcdVersions, type EtcdVersion } from '../../etcd/version.js';
import { STUCK_AFTER_SECONDS } from '../../watchdog/pulse.js';
import { WATCHDOG_SECONDS_MAX } from '../../watchdog/watchdog.js';
import { parsePlace, type Place } from '../debug/place.js';
import { authFlags } from './auth-flags.js';
import { commandNames, flag, type Flag } from './flag.js';
import { joinReporters, parseReporters, type ReporterSpec } from './reporter-spec.js';
import { sweepFlags } from './sweep-flags.js';
import {
  joinAssignments,
  parseAssignments,
  parseListen,
  parsePath,
  parseSeeds,
  parseSwitch,
  parseUrl,
  parseUrls,
  seedRange,
  type Assignments,
  type SeedsValue,
} from './value-shapes.js';

export const memberCounts = [1, 3] as const;
export type MemberCount = (typeof memberCounts)[number];

export const backendNames = ['simulated', 'real'] as const;
export type BackendName = (typeof backendNames)[number];

/** On the simulated backend. */
const defaultStrategy: StrategySelection = mix;

const everywhere = ['environment', 'config'] as const;
const run = ['run'] as const;

export const flags = {
  scenario: flag<string | undefined>({
    description: 'the scenario to run, or all',
    placeholder: 'NAME|all',
    commands: ['run', 'canary'],
    default: undefined,
    parse: (text) => (text === '' ? expected('the name of a scenario or all', text) : ok(text)),
    alsoFrom: everywhere,
  }),
  seed: flag<number>({
    description: `the seed of every random choice, ${seedRange.min} to ${seedRange.max}`,
    placeholder: 'N',
    commands: ['run', 'canary', 'conformance'],
    default: 0,
    parse: (text) => parseInteger(text, seedRange),
    alsoFrom: everywhere,
  }),
  commands: flag<number>({
    description: 'how many commands to compare',
    placeholder: 'N',
    commands: ['conformance'],
    default: 20_000,
    parse: (text) => parseInteger(text, { min: 1, max: 1_000_000_000 }),
    alsoFrom: everywhere,
  }),
  etcdVersion: flag<EtcdVersion>({
    description: 'the version of etcd, in memory or real',
    placeholder: etcdVersions.join('|'),
    commands: ['run', 'canary', 'serve', 'conformance', 'doctor'],
    default: DEFAULT_ETCD_VERSION,
    parse: (text) => parseChoice(text, etcdVersions),
    alsoFrom: everywhere,
  }),
  listen: flag<string>({
    description:
      'the address to serve on; port 0 picks a free port; with --members 3, the first address or all three',
    placeholder: 'HOST:PORT,...',
    commands: ['serve'],
    default: '127.0.0.1:2379',
    parse: parseListen,
    alsoFrom: everywhere,
  }),
  certFile: flag<string | undefined>({
    description: 'serves over TLS with this certificate (a PEM file); needs --key-file',
    placeholder: 'FILE',
    commands: ['serve'],
    default: undefined,
    parse: parsePath('the path of a certificate'),
    alsoFrom: everywhere,
  }),
  keyFile: flag<string | undefined>({
    description: 'the private key of --cert-file (a PEM file)',
    placeholder: 'FILE',
    commands: ['serve'],
    default: undefined,
    parse: parsePath('the path of a private key'),
    alsoFrom: everywhere,
  }),
  ...authFlags,
  quotaBackendBytes: flag<number>({
    description:
      "limits the size of the database, like etcd's flag of the same name; 0 means 2 GiB, a negative number no limit",
    placeholder: 'N',
    commands: ['serve'],
    default: 0,
    parse: (text) => parseInteger(text, { min: -1, max: Number.MAX_SAFE_INTEGER }),
    alsoFrom: everywhere,
  }),
  seeds: flag<SeedsValue | undefined>({
    description: 'runs a sweep: N seeds starting at --seed, or seeds A to B inclusive',
    placeholder: 'N|A..B',
    commands: run,
    default: undefined,
    parse: parseSeeds,
    alsoFrom: everywhere,
  }),
  set: flag<Assignments>({
    description: 'sets an option of the scenario (sim list shows them); can be repeated',
    placeholder: 'OPTION=VALUE',
    commands: run,
    default: {},
    parse: parseAssignments,
    join: joinAssignments,
    alsoFrom: everywhere,
  }),
  faults: flag<FaultSelection>({
    description:
      'none, all, swarm (each seed draws a subset of the kinds), either of the last two without some kinds (swarm,-clock-*), the kinds to use (sim list shows them), or a list of faults as JSON (docs/faults.md)',
    placeholder: 'none|all|swarm|KIND,KIND',
    commands: ['run', 'canary'],
    default: { kind: 'swarm' },
    defaultText: 'swarm',
    parse: parseFaultSelection,
    alsoFrom: everywhere,
  }),
  members: flag<MemberCount>({
    description: 'how many members the etcd cluster has',
    placeholder: memberCounts.join('|'),
    commands: ['run', 'canary', 'serve'],
    default: 1,
    defaultText: '1, unless the scenario needs 3',
    parse: parseMembers,
    alsoFrom: everywhere,
  }),
  strategy: flag<StrategySelection>({
    description:
      'how to order events that are due at about the same time; given several, each seed draws one (mix: the best ones; sim list explains each)',
    placeholder: `mix|${strategyNames.join('|')},...`,
    commands: ['run', 'canary'],
    default: defaultStrategy,
    defaultText: formatStrategySelection(defaultStrategy),
    parse: parseStrategySelection,
    alsoFrom: everywhere,
  }),
  backend: flag<BackendName>({
    description: 'the in-memory etcd, or real etcd behind Toxiproxy',
    placeholder: backendNames.join('|'),
    commands: run,
    default: 'simulated',
    parse: (text) => parseChoice(text, backendNames),
    alsoFrom: everywhere,
  }),
  endpoints: flag<readonly string[] | undefined>({
    description: 'real backend: uses this etcd instead of starting one; one URL per member',
    placeholder: 'URL,URL',
    commands: ['run', 'doctor'],
    default: undefined,
    parse: parseUrls,
    alsoFrom: everywhere,
  }),
  toxiproxy: flag<string | undefined>({
    description: 'real backend: uses the Toxiproxy with this API address instead of starting one',
    placeholder: 'URL',
    commands: ['run', 'doctor'],
    default: undefined,
    parse: parseUrl,
    alsoFrom: everywhere,
  }),
  maxEvents: flag<number>({
    description: 'stops a run after this many events',
    placeholder: 'N',
    commands: ['run', 'canary'],
    default: DEFAULT_BUDGET.maxEvents,
    parse: (text) => parseInteger(text, { min: 1, max: 1_000_000_000 }),
    alsoFrom: everywhere,
  }),
  maxVirtualTimeMs: flag<number>({
    description: 'stops a run after this much virtual time',
    placeholder: 'N',
    commands: ['run', 'canary'],
    default: DEFAULT_BUDGET.maxVirtualTimeMs,
    parse: (text) => parseInteger(text, { min: 1, max: 1_000_000_000 }),
    alsoFrom: everywhere,
  }),
  livenessMs: flag<number>({
    description: 'fails a run in which nothing succeeds for this much virtual time after the last fault',
    placeholder: 'N',
    commands: ['run', 'canary'],
    default: DEFAULT_BUDGET.livenessMs,
    parse: (text) => parseInteger(text, { min: 1, max: 1_000_000_000 }),
    alsoFrom: everywhere,
  }),
  starts: flag<number>({
    description: 'how many sweeps to make over each specimen, each with different seeds',
    placeholder: 'N',
    commands: ['canary'],
    default: 1,
    parse: (text) => parseInteger(text, { min: 1, max: 1000 }),
    alsoFrom: everywhere,
  }),
  budget: flag<number | undefined>({
    description: 'each specimen must be caught within this many seeds',
    placeholder: 'N',
    commands: ['canary'],
    default: undefined,
    defaultText: "the specimen's own number, or 100",
    parse: (text) => parseInteger(text, { min: 1, max: 100_000 }),
    alsoFrom: everywhere,
  }),
  shrink: flag<boolean>({
    description: 'reports a failure as found, without shrinking it',
    commands: run,
    default: true,
    parse: parseSwitch,
    alsoFrom: everywhere,
  }),
  explain: flag<boolean>({
    description: 'skips the search for the moment that decides a failure',
    commands: ['run', 'replay', 'shrink'],
    default: true,
    parse: parseSwitch,
    alsoFrom: everywhere,
  }),
  maxRuns: flag<number>({
    description: 'the most runs that shrinking may take',
    placeholder: 'N',
    commands: ['run', 'shrink'],
    default: SHRINK_RUNS_MAX,
    parse: (text) => parseInteger(text, { min: 1, max: 1_000_000 }),
    alsoFrom: everywhere,
  }),
  at: flag<Place | undefined>({
    description: 'prints the run at this event or time (120, 12.5ms, start, end, failure) and ends',
    placeholder: 'PLACE',
    commands: ['debug'],
    default: undefined,
    parse: parsePlace,
    alsoFrom: [],
  }),
  break: flag<number | undefined>({
    description: 'waits for a debugger, and stops in your code when this event comes',
    placeholder: 'EVENT',
    commands: ['debug'],
    default: undefined,
    parse: (text) => parseInteger(text, { min: 1, max: Number.MAX_SAFE_INTEGER }),
    alsoFrom: [],
  }),
  ...sweepFlags,
  workers: flag<number | undefined>({
    description:
      'how many processes run the seeds of a sweep and the runs of a long analysis; the result does not depend on it',
    placeholder: 'N',
    commands: ['run', 'replay', 'shrink', 'canary'],
    default: undefined,
    defaultText: 'the number of cores',
    parse: (text) => parseInteger(text, { min: 1, max: 256 }),
    alsoFrom: everywhere,
  }),
  checkDeterminism: flag<boolean>({
    description: 'runs every seed twice and stops at the first step that differs',
    commands: run,
    default: false,
    parse: parseSwitch,
    alsoFrom: everywhere,
  }),
  watchdog: flag<number>({
    description:
      'ends the command and names the code when that code keeps the processor for this many seconds; 0 means never',
    placeholder: 'SECONDS',
    commands: ['run', 'replay', 'shrink', 'debug', 'canary'],
    default: STUCK_AFTER_SECONDS,
    parse: (text) => parseInteger(text, { min: 0, max: WATCHDOG_SECONDS_MAX }),
    alsoFrom: everywhere,
  }),
  reporter: flag<readonly ReporterSpec[]>({
    description:
      'how results are shown: terminal, dot, json, junit, github, html, blob, or the path of your own module, each with the file that it writes; can be repeated',
    placeholder: 'NAME[:FILE],...',
    commands: ['run', 'replay', 'shrink', 'merge'],
    default: [{ name: 'terminal', file: undefined }],
    defaultText: 'terminal',
    parse: parseReporters,
    join: joinReporters,
    alsoFrom: everywhere,
  }),
  report: flag<boolean>({
    description: 'keeps no report: no page, no repro, nothing to resume; a failure is shown as found',
    commands: ['run', 'replay', 'shrink', 'merge', 'trend'],
    default: true,
    parse: parseSwitch,
    alsoFrom: everywhere,
  }),
  out: flag<string>({
    description: 'where reports are written',
    placeholder: 'DIR',
    commands: ['run', 'replay', 'shrink', 'merge', 'trend'],
    default: 'reports',
    parse: parsePath('the path of a directory'),
    alsoFrom: everywhere,
  }),
  corpus: flag<string | undefined>({
    description:
      'where failures are kept; the next sweep replays them first; off with --no-report unless you name a directory',
    placeholder: 'DIR',
    commands: run,
    default: undefined,
    defaultText: 'corpus inside --out',
    parse: parsePath('the path of a directory'),
    alsoFrom: everywhere,
  }),
  color: flag<boolean | undefined>({
    description: 'prints without colours, even on a terminal; NO_COLOR does the same',
    commands: commandNames,
    default: undefined,
    parse: parseSwitch,
    alsoFrom: everywhere,
  }),
  config: flag<string | undefined>({
    description: 'the config file',
    placeholder: 'FILE',
    commands: commandNames.filter((name) => name !== 'help'),
    default: undefined,
    defaultText: 'sim.config.ts, .mjs or .js in the working directory, if present',
    parse: parsePath('the path of a config file'),
    alsoFrom: ['environment'],
  }),
  help: flag<boolean>({
    description: 'prints this help',
    commands: commandNames,
    default: false,
    parse: parseSwitch,
    alsoFrom: [],
  }),
  version: flag<boolean>({
    description: 'prints the version',
    commands: commandNames,
    default: false,
    parse: parseSwitch,
    alsoFrom: [],
  }),
} as const;

export type FlagKey = keyof typeof flags;

/** The value of every flag. */
export type Settings = {
  readonly [K in FlagKey]: (typeof flags)[K] extends Flag<infer T> ? T : never;
};

/** The flags as a list of equals, for code that treats them alike. */
export const flagEntries = Object.entries(flags) as unknown as readonly (readonly [FlagKey, Flag<unknown>])[];

function parseMembers(text: string): Parsed<MemberCount> {
  const count = memberCounts.find((candidate) => String(candidate) === text);
  return count === undefined ? expected(memberCounts.join(' or '), text) : ok(count);
}
