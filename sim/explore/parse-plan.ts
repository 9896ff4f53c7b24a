/**
 * Reads a plan of a scenario. Invariant: a plan that is let through can be run as it is: every fault aims at somebody
 * that there is, every option is in its range, no two nodes have one name.
 */
import { strayAimsOf } from '../faults/index.js';
import { describeValue } from '../input/describe-value.js';
import { malformed, ok, type Parsed } from '../input/parsed.js';
import { readValue } from '../input/schema.js';
import { wrongNodes } from '../scenario/expect-nodes.js';
import { readOptions } from '../scenario/parse-options.js';
import type { OptionSpecs } from '../plan/options.js';
import { planSchema } from './plan-schema.js';
import type { Plan } from '../plan/plan.js';

/** What of a scenario its plans depend on. */
export interface PlannedScenario {
  readonly name: string;
  readonly options: OptionSpecs;
}

/** The plan, with the defaults of the options that it does not name. @param value as it was read from JSON */
export function parsePlan(value: unknown, scenario: PlannedScenario): Parsed<Plan> {
  const shape = readValue(planSchema, value, 'plan');
  if (shape.kind === 'malformed') return shape;
  const plan = value as Plan;
  const options = readOptions(scenario.options, plan.options);
  if (options.kind === 'malformed')
    return malformed(`scenario ${scenario.name} of this version: ${options.message}`);
  const wrong = wrongNodes(plan.nodes) ?? wrongAims(plan);
  if (wrong !== undefined) return malformed(`plan.${wrong}`);
  return ok({ ...plan, options: options.value });
}

/** Which fault aims at whom there is not; undefined where none does. */
function wrongAims({ faults, nodes, members }: Plan): string | undefined {
  const names = { nodes: nodes.map(({ name }) => name), members };
  for (const [index, fault] of faults.entries()) {
    const strays = strayAimsOf(fault, names);
    const stray = strayOf('node', strays.nodes) ?? strayOf('member', strays.members);
    if (stray !== undefined) return `faults[${index}] (${fault.kind}): ${stray}`;
  }
  return undefined;
}

function strayOf(what: string, [stray]: readonly string[]): string | undefined {
  return stray === undefined ? undefined : `expected a ${what} of the plan, got ${describeValue(stray)}`;
}
