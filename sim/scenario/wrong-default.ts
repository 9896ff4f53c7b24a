/** Whether an option's default is a value that the option takes. */
import { describeValue } from '../input/describe-value.js';
import { oneOf, suggestion } from '../input/parsed.js';
import type { OptionSpec } from '../plan/options.js';

/** What is wrong, after the place of the option; undefined where nothing is. */
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
