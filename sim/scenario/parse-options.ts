/**
 * Parses the options of a scenario from text. Invariant: the result has every declared option, each with a
 * value in its range, and nothing else.
 */
import {
  malformed,
  ok,
  oneOf,
  parseChoice,
  parseInteger,
  quote,
  suggestion,
  type Parsed,
} from '../input/parsed.js';
import { describeValue } from '../input/describe-value.js';
import type { OptionSpec, OptionSpecs, OptionValues } from '../plan/options.js';

/** Checks the given texts against the declaration; a missing one gets its default. */
export function parseOptions(
  specs: OptionSpecs,
  given: Readonly<Record<string, string>>,
): Parsed<OptionValues> {
  const names = Object.keys(specs);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    if (names.length === 0) return malformed(`expected no options, got ${quote(name)}`);
    return malformed(`expected option ${oneOf(names)}, got ${quote(name)}${suggestion(name, names)}`);
  }
  const values: [string, number | string][] = [];
  for (const [name, spec] of Object.entries(specs)) {
    const text = Object.hasOwn(given, name) ? given[name] : undefined;
    const value = text === undefined ? ok(spec.default) : parseOption(spec, text);
    if (value.kind === 'malformed') return malformed(`option ${name}: ${value.message}`);
    values.push([name, value.value]);
  }
  return ok(Object.fromEntries(values));
}

/** Reads the values of a plan; a number and its text are the same. */
export function readOptions(
  specs: OptionSpecs,
  values: Readonly<Record<string, unknown>>,
): Parsed<OptionValues> {
  const given = Object.entries(values).map(([name, value]) => [name, textOf(value)] as const);
  return parseOptions(specs, Object.fromEntries(given));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : describeValue(value);
}

/** Every option with its default. */
export function defaultOptions(specs: OptionSpecs): OptionValues {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.default]));
}

function parseOption(spec: OptionSpec, text: string): Parsed<number | string> {
  switch (spec.type) {
    case 'integer':
      return parseInteger(text, spec);
    case 'choice':
      return parseChoice(text, spec.choices);
    default:
      return spec satisfies never;
  }
}
