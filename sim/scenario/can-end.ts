/** Whether a part of a plan comes to its end, as far as its scenario says. */
import type { Plan } from '../plan/plan.js';
import { inScenario } from './scenario-error.js';
import type { Scenario } from './scenario.js';

/** @throws ScenarioError where the scenario throws */
export function canEnd(scenario: Scenario, { nodes, options }: Pick<Plan, 'nodes' | 'options'>): boolean {
  return inScenario(scenario.name, 'canEnd()', () => scenario.canEnd?.(nodes, options)) ?? true;
}
