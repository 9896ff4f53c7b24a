/**
 * The config file: `sim.config.{ts,mjs,js}`, whose default export names settings as the flags do, in camelCase, and may
 * bring scenarios of its own. Invariant: any mistake in it ends in one line that names the file.
 */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { describeThrown, stackOf } from '../../input/describe-thrown.js';
import { describeValue } from '../../input/describe-value.js';
import { quote, singleLine, suggestion, InputError } from '../../input/parsed.js';
import type { Scenario } from '../../scenario/scenario.js';
import type { CliEnvironment } from '../environment.js';
import { firstOutside } from '../outside.js';
import { flagEntries, type FlagKey } from './flags.js';
import type { GivenText, GivenTexts } from './parse-arguments.js';
import { readScenarios, textOf } from './config-values.js';
import { loadModule, type LoadedModule } from './load-module.js';

export interface Config {
  /** The file, as the user would write it; undefined where there is none. */
  readonly file: string | undefined;
  readonly given: GivenTexts;
  readonly scenarios: readonly Scenario[];
}

const fileNames = ['sim.config.ts', 'sim.config.mjs', 'sim.config.js'] as const;

/** Where a config file is looked for, and how it is loaded. */
export type ConfigHost = Pick<CliEnvironment, 'cwd' | 'loadUserCode' | 'ownModules'>;

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

async function importModule(host: ConfigHost, file: string): Promise<LoadedModule> {
  const absolute = path.resolve(host.cwd, file);
  if (!existsSync(absolute)) throw new InputError(`config file ${quote(file)} does not exist`);
  if (!statSync(absolute).isFile()) throw new InputError(`config file ${quote(file)} is not a file`);
  const { loadUserCode = (load) => load(), ownModules = {} } = host;
  try {
    return await loadUserCode(() => loadModule(absolute, ownModules));
  } catch (error) {
    throw new InputError(
      `config file ${quote(file)} cannot be read: ${singleLine(describeThrown(error)).slice(0, 300)}${lineOf(error, absolute, host.cwd)}`,
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

/** The line that threw, or that is no JavaScript, with its file where that is not the config file. */
function lineOf(error: unknown, file: string, cwd: string): string {
  const source = firstOutside(stackOf(error));
  if (source === undefined) return '';
  if (source.file === file) return ` (line ${source.line})`;
  const shown = path.relative(cwd, source.file);
  return ` (${shown.startsWith('..') ? source.file : shown}:${source.line})`;
}

function configKeys(): readonly FlagKey[] {
  return flagEntries.filter(([, flag]) => flag.alsoFrom.includes('config')).map(([key]) => key);
}
