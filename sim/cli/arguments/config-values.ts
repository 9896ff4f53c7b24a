/**
 * The values of a config file: settings as the texts their flags would take, and scenarios. Invariant: a value of the
 * wrong kind ends in one line that says where it stands and what was expected.
 */
import { describeValue } from '../../input/describe-value.js';
import { quote, InputError } from '../../input/parsed.js';
import { parseScenario } from '../../scenario/expect-scenario.js';
import type { Scenario } from '../../scenario/scenario.js';
import type { FlagKey } from './flags.js';

/** The text that the flag would have taken; undefined where it says nothing. @throws InputError */
export function textOf(key: FlagKey, value: unknown, source: string): string | undefined {
  if (key === 'set') return assignmentsText(value, source);
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')) {
    return value.join(',');
  }
  throw new InputError(
    `${source}: expected a string, number, boolean or list of strings, got ${describeValue(value)}`,
  );
}

function assignmentsText(value: unknown, source: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${source}: expected an object of options, got ${describeValue(value)}`);
  }
  const parts: string[] = [];
  for (const [name, option] of Object.entries(value) as [string, unknown][]) {
    const plain = typeof option === 'number' || typeof option === 'string';
    if (!plain || /[,=]/.test(name) || String(option).includes(',')) {
      throw new InputError(
        `${source}: expected option ${quote(name)} to be a number or a name, got ${describeValue(option)}`,
      );
    }
    parts.push(`${name}=${option}`);
  }
  return parts.length === 0 ? undefined : parts.join(',');
}

/** The scenarios, each with everything a scenario has. @throws InputError */
export function readScenarios(value: unknown, file: string): readonly Scenario[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    throw new InputError(`scenarios in ${file}: expected a list, got ${describeValue(value)}`);
  }
  return value.map((item: unknown, index) => {
    const scenario = parseScenario(item, `scenarios[${index}]`);
    if (scenario.kind === 'malformed') throw new InputError(`${file}: ${scenario.message}`);
    return scenario.value;
  });
}
