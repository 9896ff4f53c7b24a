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
import { authFlags } from './auth-flags.js';
import { commandNames, flag, type Flag } from './flag.js';
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
    description: 'the scenario to run, or all of them',
    placeholder: 'NAME|all',
    commands: ['run', 'canary'],
    default: undefined,
    parse: (text) => (text === '' ? expected('the name of a scenario or all', text) : ok(text)),
    alsoFrom: everywhere,
  }),
  seed: flag<number>({
    description: `what everything is drawn from, ${seedRange.min} to ${seedRange.max}`,
    placeholder: 'N',
    commands: ['run', 'canary', 'conformance'],
    default: 0,
    parse: (text) => parseInteger(text, seedRange),
    alsoFrom: everywhere,
  }),
  commands: flag<number>({
    description: 'how many commands to compare the in-memory etcd and a real one on',
    placeholder: 'N',
    commands: ['conformance'],
    default: 20_000,
    parse: (text) => parseInteger(text, { min: 1, max: 1_000_000_000 }),
    alsoFrom: everywhere,
  }),
  etcdVersion: flag<EtcdVersion>({
    description: 'which etcd to run on, in memory or real, to serve, or to compare with',
    placeholder: etcdVersions.join('|'),
    commands: ['run', 'canary', 'serve', 'conformance', 'doctor'],
    default: DEFAULT_ETCD_VERSION,
    parse: (text) => parseChoice(text, etcdVersions),
    alsoFrom: everywhere,
  }),
  listen: flag<string>({
    description:
      'where to serve the in-memory etcd; port 0 takes a free one; with members, the first or all of them',
    placeholder: 'HOST:PORT,...',
    commands: ['serve'],
    default: '127.0.0.1:2379',
    parse: parseListen,
    alsoFrom: everywhere,
  }),
  certFile: flag<string | undefined>({
    description: 'serves over TLS with this certificate, a PEM file; takes --key-file, too',
    placeholder: 'FILE',
    commands: ['serve'],
    default: undefined,
    parse: parsePath('the path of a certificate'),
    alsoFrom: everywhere,
  }),
  keyFile: flag<string | undefined>({
    description: 'the private key of --cert-file, a PEM file',
    placeholder: 'FILE',
    commands: ['serve'],
    default: undefined,
    parse: parsePath('the path of a private key'),
    alsoFrom: everywhere,
  }),
  ...authFlags,
  quotaBackendBytes: flag<number>({
    description:
      "how large the database of the etcd it serves may become, as etcd's flag of that name; 0 is 2 GiB, below 0 there is no limit",
    placeholder: 'N',
    commands: ['serve'],
    default: 0,
    parse: (text) => parseInteger(text, { min: -1, max: Number.MAX_SAFE_INTEGER }),
    alsoFrom: everywhere,
  }),
  seeds: flag<SeedsValue | undefined>({
    description: 'a sweep: N seeds from --seed on, or the seeds A to B, both included',
    placeholder: 'N|A..B',
    commands: run,
    default: undefined,
    parse: parseSeeds,
    alsoFrom: everywhere,
  }),
  set: flag<Assignments>({
    description: 'sets an option of the scenario (sim list names them); may be repeated',
    placeholder: 'OPTION=VALUE',
    commands: run,
    default: {},
    parse: parseAssignments,
    join: joinAssignments,
    alsoFrom: everywhere,
  }),
  faults: flag<FaultSelection>({
    description:
      'none, all, swarm (a random subset of the kinds per seed), both also without some kinds (swarm,-clock-*), or kinds (sim list names them)',
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
    defaultText: '1, but for scenarios that are about more',
    parse: parseMembers,
    alsoFrom: everywhere,
  }),
  strategy: flag<StrategySelection>({
    description:
      'how it is chosen what is next of what is due at about the same time; of several one is drawn per seed (mix: the best ones; sim list says what each does)',
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
    description: 'the real backend: use this etcd instead of starting one, one URL per member',
    placeholder: 'URL,URL',
    commands: ['run', 'doctor'],
    default: undefined,
    parse: parseUrls,
    alsoFrom: everywhere,
  }),
  toxiproxy: flag<string | undefined>({
    description: 'the real backend: use the Toxiproxy whose API is here instead of starting one',
    placeholder: 'URL',
    commands: ['run', 'doctor'],
    default: undefined,
    parse: parseUrl,
    alsoFrom: everywhere,
  }),
  maxEvents: flag<number>({
    description: 'ends a run that has not ended after this many events',
    placeholder: 'N',
    commands: ['run', 'canary'],
    default: DEFAULT_BUDGET.maxEvents,
    parse: (text) => parseInteger(text, { min: 1, max: 1_000_000_000 }),
    alsoFrom: everywhere,
  }),
  maxVirtualTimeMs: flag<number>({
    description: 'ends a run that has not ended after this much virtual time',
    placeholder: 'N',
    commands: ['run', 'canary'],
    default: DEFAULT_BUDGET.maxVirtualTimeMs,
    parse: (text) => parseInteger(text, { min: 1, max: 1_000_000_000 }),
    alsoFrom: everywhere,
  }),
  livenessMs: flag<number>({
    description:
      'once the faults are over: a run in which nothing succeeds for this much virtual time is a violation',
    placeholder: 'N',
    commands: ['run', 'canary'],
    default: DEFAULT_BUDGET.livenessMs,
    parse: (text) => parseInteger(text, { min: 1, max: 1_000_000_000 }),
    alsoFrom: everywhere,
  }),
  starts: flag<number>({
    description: 'how many times to sweep over each specimen, each time with other seeds',
    placeholder: 'N',
    commands: ['canary'],
    default: 1,
    parse: (text) => parseInteger(text, { min: 1, max: 1000 }),
    alsoFrom: everywhere,
  }),
  budget: flag<number | undefined>({
    description: 'after how many seeds at most each specimen must be caught',
    placeholder: 'N',
    commands: ['canary'],
    default: undefined,
    defaultText: 'what the specimen says, else 100',
    parse: (text) => parseInteger(text, { min: 1, max: 100_000 }),
    alsoFrom: everywhere,
  }),
  shrink: flag<boolean>({
    description: 'keeps a failure as it was found instead of shrinking it for the report',
    commands: run,
    default: true,
    parse: parseSwitch,
    alsoFrom: everywhere,
  }),
  explain: flag<boolean>({
    description: 'does not look for the moment that decides a failure',
    commands: ['run', 'replay', 'shrink'],
    default: true,
    parse: parseSwitch,
    alsoFrom: everywhere,
  }),
  maxRuns: flag<number>({
    description: 'how many runs shrinking may take',
    placeholder: 'N',
    commands: ['run', 'shrink'],
    default: SHRINK_RUNS_MAX,
    parse: (text) => parseInteger(text, { min: 1, max: 1_000_000 }),
    alsoFrom: everywhere,
  }),
  keepGoing: flag<boolean>({
    description: 'a sweep goes on after the first seed that fails',
    commands: run,
    default: false,
    parse: parseSwitch,
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
      'seconds of processor time after which code that has not come back is named, and ends the command; 0 for never',
    placeholder: 'SECONDS',
    commands: ['run', 'replay', 'shrink', 'canary'],
    default: STUCK_AFTER_SECONDS,
    parse: (text) => parseInteger(text, { min: 0, max: 86_400 }),
    alsoFrom: everywhere,
  }),
  json: flag<boolean>({
    description: 'prints the result as JSON, one line for each scenario',
    commands: ['run', 'replay', 'shrink'],
    default: false,
    parse: parseSwitch,
    alsoFrom: everywhere,
  }),
  report: flag<boolean>({
    description: 'writes no HTML report',
    commands: ['run', 'replay', 'shrink'],
    default: true,
    parse: parseSwitch,
    alsoFrom: everywhere,
  }),
  out: flag<string>({
    description: 'the directory that reports are written to',
    placeholder: 'DIR',
    commands: ['run', 'replay', 'shrink'],
    default: 'reports',
    parse: parsePath('the path of a directory'),
    alsoFrom: everywhere,
  }),
  corpus: flag<string | undefined>({
    description:
      'the directory that failures are kept in, and run again from before the next sweep; not without a report unless it is named',
    placeholder: 'DIR',
    commands: run,
    default: undefined,
    defaultText: 'corpus in the directory of --out',
    parse: parsePath('the path of a directory'),
    alsoFrom: everywhere,
  }),
  color: flag<boolean | undefined>({
    description: 'prints without colours, also on a terminal; NO_COLOR does the same',
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
    defaultText: 'sim.config.ts, .mjs or .js in the working directory, if there is one',
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
