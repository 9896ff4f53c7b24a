/** The checks that a scenario returns. Invariant: each has a unique name, by which repros refer to it. */
import * as v from 'valibot';
import type { Check } from '../check/check.js';
import { describeThrown } from '../input/describe-thrown.js';
import { describeValue } from '../input/describe-value.js';
import { fields, list, readValue, text } from '../input/schema.js';
import type { OptionValues } from '../plan/options.js';
import { inScenario, ScenarioError } from './scenario-error.js';
import type { Scenario } from './scenario.js';

const checksSchema = list(
  fields({
    name: text('a name'),
    description: v.string('a description'),
    operations: v.optional(list(text('the name of an operation'), 'a list of operation names')),
    check: v.function('a function'),
  }),
  'a list of checks',
);

/** The scenario's checks. @throws ScenarioError */
export function checksOf(scenario: Scenario, options: OptionValues): readonly Check[] {
  const checks: unknown = inScenario(scenario.name, 'checks()', () => scenario.checks(options));
  const wrong = wrongChecks(checks);
  if (wrong !== undefined) throw new ScenarioError(scenario.name, wrong);
  return checks as readonly Check[];
}

function wrongChecks(checks: unknown): string | undefined {
  try {
    const read = readValue(checksSchema, checks, 'checks()');
    if (read.kind === 'malformed') return read.message;
    const names = read.value.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) < index);
    return twice === undefined
      ? undefined
      : `checks(): expected different names, got ${describeValue(twice)} twice`;
  } catch (error) {
    return `checks(): threw ${describeThrown(error)}`;
  }
}
