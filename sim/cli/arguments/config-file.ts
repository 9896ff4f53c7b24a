/**
 * The config file: `sim.config.{ts,mjs,js}`, whose default export names settings as the flags do, in camelCase, and
 * may bring scenarios of its own. Invariant: whatever is wrong with it ends in one line that names the file.
 */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeThrown, describeValue, stackOf } from '../../input/describe-value.js';
import { quote, singleLine, suggestion, InputError } from '../../input/parsed.js';
import type { Scenario } from '../../scenario/scenario.js';
import type { CliEnvironment } from '../environment.js';
import { flagEntries, type FlagKey } from './flags.js';
import type { GivenText, GivenTexts } from './parse-arguments.js';
import { readScenarios, textOf } from './config-values.js';

export interface Config {
  /** The file, as the user would write it; undefined where there is none. */
  readonly file: string | undefined;
  readonly given: GivenTexts;
  readonly scenarios: readonly Scenario[];
}

const fileNames = ['sim.config.ts', 'sim.config.mjs', 'sim.config.js'] as const;

/** What of Node.js decides whether a config file can be read. */
export interface ConfigHost {
  readonly cwd: string;
  readonly nodeVersion: string;
  /** True where Node.js runs TypeScript by stripping its types. */
  readonly stripsTypes: boolean;
  /** As {@link CliEnvironment.loadUserCode}; by default it is just loaded. */
  readonly loadUserCode?: CliEnvironment['loadUserCode'];
}

/** Reads the file that was asked for, or the one in the working directory. @throws InputError */
export async function loadConfig(host: ConfigHost, asked: string | undefined): Promise<Config> {
  const file = asked ?? findConfig(host.cwd);
  if (file === undefined) return { file, given: new Map(), scenarios: [] };
  const module = await importModule(host, file);
  try {
    return readConfig(expectExported(module.default, file), file);
  } catch (error) {
    if (error instanceof InputError) throw error;
    // A getter, or a Proxy, can do anything.
    throw new InputError(`config file ${quote(file)}: it threw ${describeThrown(error)}`);
  }
}

function readConfig(exported: Readonly<Record<string, unknown>>, file: string): Config {
  const known = [...configKeys(), 'scenarios'];
  const given = new Map<FlagKey, GivenText[]>();
  for (const [key, value] of Object.entries(exported)) {
    if (value === undefined || key === 'scenarios') continue;
    const flagKey = configKeys().find((name) => name === key);
    if (flagKey === undefined) {
      throw new InputError(`unknown key ${quote(key)} in ${file}${suggestion(key, known)}`);
    }
    const source = `${key} in ${file}`;
    const text = textOf(flagKey, value, source);
    if (text !== undefined) given.set(flagKey, [{ text, source }]);
  }
  return { file, given, scenarios: readScenarios(exported['scenarios'], file) };
}

function findConfig(cwd: string): string | undefined {
  const found = fileNames.filter((name) => existsSync(path.join(cwd, name)));
  if (found.length > 1) {
    throw new InputError(`expected one config file, found ${found.join(' and ')}; name one with --config`);
  }
  return found[0];
}

/** The module rather than its default export, which could be a Proxy that poses as a promise. */
async function importModule(host: ConfigHost, file: string): Promise<{ readonly default?: unknown }> {
  const absolute = path.resolve(host.cwd, file);
  if (!existsSync(absolute)) throw new InputError(`config file ${quote(file)} does not exist`);
  if (!statSync(absolute).isFile()) throw new InputError(`config file ${quote(file)} is not a file`);
  if (/\.[cm]?ts$/.test(file) && !host.stripsTypes) {
    throw new InputError(
      `config file ${quote(file)} needs Node.js 22.18 or later, which strips types; this is ${host.nodeVersion}. Write sim.config.mjs instead`,
    );
  }
  const { loadUserCode = (load) => load() } = host;
  try {
    return await loadUserCode(
      () => import(pathToFileURL(absolute).href) as Promise<{ readonly default?: unknown }>,
    );
  } catch (error) {
    throw new InputError(
      `config file ${quote(file)} cannot be read: ${singleLine(describeThrown(error)).slice(0, 300)}${lineOf(error, absolute)}`,
    );
  }
}

function expectExported(exported: unknown, file: string): Readonly<Record<string, unknown>> {
  const isObject = typeof exported === 'object' && exported !== null && !Array.isArray(exported);
  if (isObject && !(exported instanceof Promise)) return exported as Readonly<Record<string, unknown>>;
  throw new InputError(
    `config file ${quote(file)}: expected its default export to be an object, got ${describeValue(exported)}`,
  );
}

/** The line of the file that threw, or that is no JavaScript; nothing where that is elsewhere. */
function lineOf(error: unknown, file: string): string {
  const stack = stackOf(error);
  const at = stack.indexOf(pathToFileURL(file).href);
  const line = /^\S*?:(\d+)/.exec(stack.slice(at + pathToFileURL(file).href.length));
  return at < 0 || line === null ? '' : ` (line ${line[1] ?? ''})`;
}

function configKeys(): readonly FlagKey[] {
  return flagEntries.filter(([, flag]) => flag.alsoFrom.includes('config')).map(([key]) => key);
}
