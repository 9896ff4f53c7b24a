/** A variant of a scenario that is wrong on purpose, as a scenario of its own. */
import type { OptionSpec } from '../../sim/plan/options.js';
import type { Scenario } from '../../sim/scenario/scenario.js';

/**
 * The scenario with one variant only, named `<scenario>-<variant>`.
 *
 * @param caughtWithinSeeds if a sweep needs more seeds than usual
 */
export function specimenOf(
  scenario: Scenario,
  variant: string,
  description: string,
  caughtWithinSeeds?: number,
): Scenario {
  const spec: OptionSpec = {
    type: 'choice',
    default: variant,
    choices: [variant],
    description: `the implementation; same as scenario ${scenario.name} with variant=${variant}`,
  };
  return {
    ...scenario,
    name: `${scenario.name}-${variant}`,
    description,
    ...(caughtWithinSeeds === undefined ? {} : { caughtWithinSeeds }),
    options: { ...scenario.options, variant: spec },
  };
}
