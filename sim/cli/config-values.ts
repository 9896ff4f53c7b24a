/**
 * The values of a config file: settings as the texts their flags would take, and scenarios. Invariant: a value of the
 * wrong kind ends in one line that says where it stands and what was expected.
 */
import { quote } from '../input/parsed.js';
import type { Scenario } from '../scenario/scenario.js';
import type { FlagKey } from './flags.js';
import { UsageError } from './usage-error.js';

/** The text that the flag would have taken; undefined where it says nothing. @throws UsageError */
export function textOf(key: FlagKey, value: unknown, source: string): string | undefined {
  if (key === 'set') return assignmentsText(value, source);
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')) {
    return value.join(',');
  }
  throw new UsageError(`${source}: expected a text, number, boolean or list of texts, got ${say(value)}`);
}

function assignmentsText(value: unknown, source: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${source}: expected an object of options, got ${say(value)}`);
  }
  const parts: string[] = [];
  for (const [name, option] of Object.entries(value) as [string, unknown][]) {
    const plain = typeof option === 'number' || typeof option === 'string';
    if (!plain || /[,=]/.test(name) || String(option).includes(',')) {
      throw new UsageError(
        `${source}: expected option ${quote(name)} to be a number or a name, got ${say(option)}`,
      );
    }
    parts.push(`${name}=${option}`);
  }
  return parts.length === 0 ? undefined : parts.join(',');
}

const scenarioFunctions = ['nodes', 'setup', 'run', 'checks', 'summarize'] as const;

/** The scenarios, each with everything a scenario has. @throws UsageError */
export function readScenarios(value: unknown, file: string): readonly Scenario[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new UsageError(`scenarios in ${file}: expected a list, got ${say(value)}`);
  return value.map((item: unknown, index) => {
    const scenario = (typeof item === 'object' && item !== null ? item : {}) as Readonly<
      Record<string, unknown>
    >;
    const place = `scenarios[${index}] in ${file}`;
    const { name, description, options } = scenario;
    if (typeof name !== 'string' || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
      throw new UsageError(`${place}: expected a name in kebab-case, got ${say(name)}`);
    }
    if (typeof description !== 'string') {
      throw new UsageError(`${place}: expected a description, got ${say(description)}`);
    }
    if (typeof options !== 'object' || options === null) {
      throw new UsageError(`${place}: expected an object of options, got ${say(options)}`);
    }
    const missing = scenarioFunctions.find((key) => typeof scenario[key] !== 'function');
    if (missing !== undefined) {
      throw new UsageError(`${place}: expected a function ${missing}, got ${say(scenario[missing])}`);
    }
    return item as Scenario;
  });
}

/** A value in few words. */
export function say(value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
