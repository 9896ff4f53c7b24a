/**
 * Parses a plan of a scenario. Invariant: an accepted plan can be run: every fault has an existing target,
 * every option is in its range, no two nodes have the same name.
 */
import { faultKindNames, strayAimsOf } from '../faults/index.js';
import { describeValue } from '../input/describe-value.js';
import { malformed, ok, suggestion, type Parsed } from '../input/parsed.js';
import { readValue } from '../input/schema.js';
import { wrongNodes } from '../scenario/expect-nodes.js';
import { readOptions } from '../scenario/parse-options.js';
import type { OptionSpecs } from '../plan/options.js';
import { planSchema } from './plan-schema.js';
import type { Plan } from '../plan/plan.js';

/** The parts of a scenario that its plans depend on. */
export interface PlannedScenario {
  readonly name: string;
  readonly options: OptionSpecs;
}

/** The plan, with defaults for missing options. @param value as parsed from JSON */
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

/** The fault with a missing target; undefined if there is none. */
export function wrongAims({
  faults,
  nodes,
  members,
}: Pick<Plan, 'faults' | 'nodes' | 'members'>): string | undefined {
  const names = { nodes: nodes.map(({ name }) => name), members };
  for (const [index, fault] of faults.entries()) {
    const met = fault.aim?.fault;
    if (met !== undefined && !faultKindNames.some((kind) => kind === met)) {
      const hint = suggestion(met, faultKindNames);
      return `faults[${index}].aim.fault: expected a known kind of fault, got ${describeValue(met)}${hint}`;
    }
    const strays = strayAimsOf(fault, names);
    const stray = strayOf('node', strays.nodes) ?? strayOf('member', strays.members);
    if (stray !== undefined) return `faults[${index}] (${fault.kind}): ${stray}`;
  }
  return undefined;
}

function strayOf(what: string, [stray]: readonly string[]): string | undefined {
  return stray === undefined ? undefined : `expected a ${what} of the plan, got ${describeValue(stray)}`;
}
