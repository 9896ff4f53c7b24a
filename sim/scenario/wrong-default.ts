/** Whether an option accepts its own default. */
import { describeValue } from '../input/describe-value.js';
import { oneOf, suggestion } from '../input/parsed.js';
import type { OptionSpec } from '../plan/options.js';

/** The mistake, to follow the option's name; undefined if the default is valid. */
export function wrongDefault(spec: OptionSpec): string | undefined {
  switch (spec.type) {
    case 'integer': {
      const { default: usual, min, max } = spec;
      if (min > max) return `max: expected at least the min ${min}, got ${max}`;
      if (usual >= min && usual <= max) return undefined;
      return `default: expected a whole number from ${min} to ${max}, got ${usual}`;
    }
    case 'choice': {
      const { default: usual, choices } = spec;
      if (new Set(choices).size < choices.length)
        return `choices: expected different names, got ${describeValue(choices)}`;
      if (choices.includes(usual)) return undefined;
      return `default: expected ${oneOf(choices)}, got ${describeValue(usual)}${suggestion(usual, choices)}`;
    }
    default:
      return spec satisfies never;
  }
}
