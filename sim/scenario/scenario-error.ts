/** A mistake in a scenario itself, outside its nodes: it throws where it must answer, or answers what makes no sense. */
import type { PlannedNode } from '../explore/plan.js';

export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';

  /** @param message one line: which scenario, which part of it, and what is wrong with it */
  constructor(scenario: string, message: string, options?: ErrorOptions) {
    super(`scenario ${scenario}: ${message}`, options);
  }
}

/** Calls a part of a scenario; what it throws becomes a {@link ScenarioError} that names the part. */
export function inScenario<T>(scenario: string, part: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new ScenarioError(scenario, `${part} threw ${String(error)}`, { cause: error });
  }
}

/** The name that setup and observation go by. */
export const OBSERVER = 'observer';

/** Holds drawn nodes against what a plan needs; scenarios of a config file are not type-checked. @throws ScenarioError */
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
