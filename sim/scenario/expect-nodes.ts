/**
 * Validates the nodes that a scenario draws: unique names and ids, and inputs that are JSON. A config file is
 * not type-checked, and a plan with two nodes of one name would run as if it had one.
 */
import type { PlannedNode } from '../plan/plan.js';
import { describeValue } from '../input/describe-value.js';
import { whereNotJson } from '../input/json.js';
import { ScenarioError } from './scenario-error.js';

/** The name under which setup and observation run. */
export const OBSERVER = 'observer';
/** The name under which the remaining state is read. */
export const AFTERWARDS = 'test';

/** The nodes, if they are valid. @throws ScenarioError */
export function expectNodes(scenario: string, nodes: unknown): readonly PlannedNode[] {
  const wrong = wrongNodes(nodes);
  if (wrong !== undefined) throw new ScenarioError(scenario, wrong);
  return nodes as readonly PlannedNode[];
}

/** The first mistake in the nodes, in one line; undefined if they are valid. */
export function wrongNodes(nodes: unknown): string | undefined {
  if (!Array.isArray(nodes) || nodes.length === 0) return refusal('at least one node', nodes);
  const names = new Set<string>([OBSERVER, AFTERWARDS]);
  const ids = new Set<string>();
  for (const node of nodes as readonly unknown[]) {
    const { name, operations } = fieldsOf(node);
    if (typeof name !== 'string' || name === '') return refusal('a name for every node', node);
    if (names.has(name)) return refusal(`different names, none of them ${OBSERVER} or ${AFTERWARDS}`, name);
    names.add(name);
    if (!Array.isArray(operations)) return refusal(`a list of operations for ${name}`, operations);
    for (const operation of operations as readonly unknown[]) {
      const wrong = wrongOperation(name, operation, ids);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}

function wrongOperation(node: string, operation: unknown, ids: Set<string>): string | undefined {
  const { id, name, input } = fieldsOf(operation);
  if (typeof id !== 'string' || id === '' || typeof name !== 'string') {
    return refusal(`an id and a name for every operation of ${node}`, operation);
  }
  if (ids.has(id)) return refusal('different operation ids', id);
  ids.add(id);
  const wrong = whereNotJson(input, 'input');
  if (wrong === undefined) return undefined;
  return refusal(`JSON for operation ${id} of ${node}`, wrong.value, ` as ${wrong.place}`);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function refusal(expected: string, got: unknown, place = ''): string {
  return `nodes: expected ${expected}, got ${describeValue(got)}${place}`;
}
