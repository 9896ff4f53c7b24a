/**
 * Options of a scenario from the texts people gave. Invariant: the result has every declared option, each with a
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
import type { OptionSpec, OptionSpecs, OptionValues } from './options.js';

/** Reads the given texts against the declaration; what was not given has its default. */
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
