/**
 * Holds the nodes that a scenario draws against what a plan needs: names and ids that differ. Scenarios of a config
 * file are not type-checked, and a plan with two nodes of one name would run as if it had one.
 */
import type { PlannedNode } from '../explore/plan.js';
import { ScenarioError } from './scenario-error.js';

/** The name that setup and observation go by. */
export const OBSERVER = 'observer';

/** The nodes, if they make a plan. @throws ScenarioError */
export function expectNodes(scenario: string, nodes: unknown): readonly PlannedNode[] {
  const fail = (expected: string, got: unknown): never => {
    throw new ScenarioError(
      scenario,
      `nodes: expected ${expected}, got ${JSON.stringify(got) ?? String(got)}`,
    );
  };
  if (!Array.isArray(nodes) || nodes.length === 0) return fail('at least one node', nodes);
  const names = new Set<string>([OBSERVER]);
  const ids = new Set<string>();
  for (const node of nodes as readonly Partial<PlannedNode>[]) {
    const { name, operations } = node;
    if (typeof name !== 'string' || name === '') return fail('a name for every node', node);
    if (names.has(name)) return fail(`names that differ, none of them ${OBSERVER}`, name);
    names.add(name);
    if (!Array.isArray(operations)) return fail(`a list of operations for ${name}`, operations);
    for (const { id, name: what } of operations as PlannedNode['operations']) {
      if (typeof id !== 'string' || typeof what !== 'string') {
        return fail(`an id and a name for every operation of ${name}`, { id, name: what });
      }
      if (ids.has(id)) return fail('operation ids that differ', id);
      ids.add(id);
    }
  }
  return nodes as readonly PlannedNode[];
}
