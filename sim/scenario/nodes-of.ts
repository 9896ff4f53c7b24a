/**
 * What a scenario says of its nodes: how they are drawn, by an arbitrary or as a list where nothing about them is random,
 * and whether they come to their end.
 */
import fc, { type Arbitrary } from 'fast-check';
import type { Plan, PlannedNode } from '../plan/plan.js';
import { describeValue } from '../input/describe-value.js';
import type { OptionValues } from '../plan/options.js';
import { inScenario, ScenarioError } from './scenario-error.js';
import type { Scenario } from './scenario.js';

/** What it draws is still to be held against what nodes are. @throws ScenarioError */
export function nodesOf(scenario: Scenario, options: OptionValues): Arbitrary<readonly PlannedNode[]> {
  const nodes: unknown = inScenario(scenario.name, 'nodes()', () => scenario.nodes(options));
  if (Array.isArray(nodes)) return fc.constant(nodes as readonly PlannedNode[]);
  if (isArbitrary(nodes)) return nodes;
  throw new ScenarioError(
    scenario.name,
    `nodes(): expected an arbitrary of fast-check or a list of nodes, got ${describeValue(nodes)}`,
  );
}

/** By its methods: a project may have a fast-check of its own. */
function isArbitrary(value: unknown): value is Arbitrary<readonly PlannedNode[]> {
  if (typeof value !== 'object' || value === null) return false;
  const { generate, shrink } = value as Partial<Arbitrary<unknown>>;
  return typeof generate === 'function' && typeof shrink === 'function';
}

/** Whether a part of a plan comes to its end, as far as its scenario says. @throws ScenarioError where the scenario throws */
export function canEnd(scenario: Scenario, { nodes, options }: Pick<Plan, 'nodes' | 'options'>): boolean {
  return inScenario(scenario.name, 'canEnd()', () => scenario.canEnd?.(nodes, options)) ?? true;
}
