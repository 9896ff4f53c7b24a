/**
 * A scenario's answers about its nodes: how they are drawn, by an arbitrary or as a fixed list, and whether
 * they finish.
 */
import fc, { type Arbitrary } from 'fast-check';
import type { Plan, PlannedNode } from '../plan/plan.js';
import { arbitraryOf, isArbitrary, type AnyArbitrary } from '../plan/any-arbitrary.js';
import { describeValue } from '../input/describe-value.js';
import type { OptionValues } from '../plan/options.js';
import { inScenario, ScenarioError } from './scenario-error.js';
import type { Scenario } from './scenario.js';

/** The drawn nodes are not validated yet. @throws ScenarioError */
export function nodesOf(scenario: Scenario, options: OptionValues): Arbitrary<readonly PlannedNode[]> {
  const nodes: unknown = inScenario(scenario.name, 'nodes()', () => scenario.nodes(options));
  if (Array.isArray(nodes)) return fc.constant(nodes as readonly PlannedNode[]);
  if (isArbitrary(nodes)) return arbitraryOf(nodes as AnyArbitrary<readonly PlannedNode[]>);
  throw new ScenarioError(
    scenario.name,
    `nodes(): expected an arbitrary of fast-check or a list of nodes, got ${describeValue(nodes)}`,
  );
}

/**
 * Whether a part of a plan finishes, according to its scenario. @throws ScenarioError if the scenario throws
 */
export function canEnd(scenario: Scenario, { nodes, options }: Pick<Plan, 'nodes' | 'options'>): boolean {
  return inScenario(scenario.name, 'canEnd()', () => scenario.canEnd?.(nodes, options)) ?? true;
}
