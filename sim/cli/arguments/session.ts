/** What a command starts from: its settings, and the scenarios of the package and of the config file. */
import type { ReadJournal } from '../../harness/sweep/journal-file.js';
import { quote, InputError } from '../../input/parsed.js';
import { loadConfig, type Config } from './config-file.js';
import type { CliEnvironment } from '../environment.js';
import type { Flag } from './flag.js';
import { flags, type FlagKey, type Settings } from './flags.js';
import type { Arguments, GivenText, GivenTexts } from './parse-arguments.js';
import type { Pinned } from './replay-arguments.js';
import type { Registry } from './run-parameters.js';
import { givenByEnvironment, resolveSettings, type ResolvedSettings } from './settings.js';

export interface Session {
  /** The flags of the command line, and of the sweep that it resumes. */
  readonly given: GivenTexts;
  /** The journal of the sweep that is resumed; undefined where one begins. */
  readonly resumed: ReadJournal | undefined;
  readonly resolved: ResolvedSettings;
  readonly registry: Registry;
  readonly pinned: Pinned;
}

/** Reads environment variables and config file, and settles everything. @throws InputError */
export async function startSession(parsed: Arguments, environment: CliEnvironment): Promise<Session> {
  const session = await settle(parsed, environment);
  const { resume, out } = session.resolved.settings;
  if (resume === undefined) return session;
  const { findJournal, resumedArguments } = await import('./resumed.js');
  const resumed = await findJournal(resume, out, environment.cwd);
  return { ...(await settle(resumedArguments(parsed, resumed), environment)), resumed };
}

async function settle(parsed: Arguments, environment: CliEnvironment): Promise<Session> {
  const fromEnvironment = givenByEnvironment(environment.env);
  // Settings that are needed before the config file is read.
  const early = <K extends FlagKey>(key: K): Settings[K] | undefined => {
    const [asked] = parsed.given.get(key) ?? fromEnvironment.get(key) ?? [];
    return asked === undefined ? undefined : readEarly(key, asked);
  };
  const file = early('config');
  const { watchdog } = environment;
  if (watchdog !== undefined && flags.watchdog.commands.includes(parsed.command)) {
    watchdog.limitSeconds = early('watchdog') ?? flags.watchdog.default;
    watchdog.watch();
  }
  const config = await loadConfig(environment, file);
  const resolved = resolveSettings({
    flag: parsed.given,
    environment: fromEnvironment,
    config: config.given,
  });
  if (watchdog !== undefined) watchdog.limitSeconds = resolved.settings.watchdog;
  return {
    given: parsed.given,
    resumed: undefined,
    resolved,
    registry: joinRegistries(environment, config),
    pinned: pin(resolved, file),
  };
}

function readEarly<K extends FlagKey>(key: K, { text, source }: GivenText): Settings[K] {
  const parsed = (flags[key] as Flag<Settings[K]>).parse(text);
  if (parsed.kind === 'malformed') throw new InputError(`${source}: ${parsed.message}`);
  return parsed.value;
}

/** The scenarios of the package and those of the config file, whose names must be new. */
function joinRegistries({ scenarios, specimens }: CliEnvironment, config: Config): Registry {
  const taken = new Set(['all', ...[...scenarios, ...specimens].map((scenario) => scenario.name)]);
  for (const { name } of config.scenarios) {
    if (taken.has(name)) {
      throw new InputError(`scenarios in ${config.file ?? ''}: the name ${quote(name)} is already taken`);
    }
    taken.add(name);
  }
  return { scenarios: [...scenarios, ...config.scenarios], specimens };
}

/** A replay command names every setting that was given anywhere, so that no weaker place can set it otherwise. */
function pin({ origins, optionOrigins }: ResolvedSettings, config: string | undefined): Pinned {
  const given = Object.entries(origins).filter(([, origin]) => origin !== 'default');
  return {
    flags: new Set(given.map(([key]) => key as keyof typeof flags)),
    options: new Set(optionOrigins.keys()),
    config,
  };
}
