/** Scenarios of a few lines, for testing the course of a run. */
import fc from 'fast-check';
import type { Plan, PlannedOperation } from '../../sim/plan/plan.js';
import type { Fault } from '../../sim/faults/index.js';
import type { NodeContext, Scenario } from '../../sim/scenario/scenario.js';

/** A scenario whose nodes each perform one operation `work` with this body. */
export function tinyScenario(
  body: (context: NodeContext, operation: PlannedOperation) => Promise<void>,
): Scenario {
  return {
    name: 'tiny',
    description: 'One operation per node.',
    options: {},
    nodes: () => fc.constant(nodesNamed(['n1', 'n2'])),
    setup: async ({ client, prefix }) => {
      await client.put(`${prefix}key`).value('0');
    },
    run: async (context, operations) => {
      for (const operation of operations) await body(context, operation);
    },
    checks: () => [],
    summarize: () => [],
  };
}

function nodesNamed(names: readonly string[]): Plan['nodes'] {
  return names.map((name) => ({ name, operations: [{ id: `${name}-1`, name: 'work', input: null }] }));
}

export function planOf(
  scenario: Scenario,
  given: {
    readonly nodes?: readonly string[];
    readonly faults?: readonly Fault[];
    readonly members?: readonly string[];
  } = {},
): Plan {
  return {
    scenario: scenario.name,
    seed: 1,
    options: {},
    etcdVersion: '3.6',
    members: given.members ?? ['m1'],
    nodes: nodesNamed(given.nodes ?? ['n1', 'n2']),
    faults: given.faults ?? [],
    network: { oneWayDelayMinUs: 100, oneWayDelayMaxUs: 500 },
  };
}
