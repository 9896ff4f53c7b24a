import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import { ScenarioError } from '../../sim/scenario/scenario-error.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { planOf, tinyScenario } from '../backend/tiny-scenario.js';

const idle = tinyScenario(() => Promise.resolve());

function draw(nodes: unknown): unknown {
  const scenario = { ...idle, nodes: () => fc.constant(nodes) } as unknown as Scenario;
  return drawPlan({ scenario, seed: 1, options: {}, faults: { kind: 'all' }, members: 1 });
}

function run(scenario: Scenario) {
  const signal = new AbortController().signal;
  const backend = createSimulatedBackend();
  return runPlan({
    scenario,
    plan: planOf(idle),
    backend,
    budget: DEFAULT_BUDGET,
    stacks: false,
    replay: '',
    signal,
  });
}

function broken(): never {
  throw new TypeError('no such thing');
}

describe('a scenario with invalid nodes is refused, with the expected and the actual value', () => {
  const node = (name: string, ...ids: string[]) => ({
    name,
    operations: ids.map((id) => ({ id, name: 'work', input: null })),
  });

  it.each([
    [[], 'nodes: expected at least one node, got []'],
    [[{ foo: 1 }], 'nodes: expected a name for every node, got {"foo":1}'],
    [[node('a'), node('a')], 'nodes: expected different names, none of them observer or test, got "a"'],
    [[node('observer')], 'nodes: expected different names, none of them observer or test, got "observer"'],
    [[{ name: 'a' }], 'nodes: expected a list of operations for a, got none'],
    [
      [{ name: 'a', operations: [{ id: 1 }] }],
      'nodes: expected an id and a name for every operation of a, got {"id":1}',
    ],
    [[node('a', 'x'), node('b', 'x')], 'nodes: expected different operation ids, got "x"'],
  ])('%j', (nodes, message) => {
    expect(() => draw(nodes)).toThrow(new ScenarioError('tiny', message));
  });
});

describe('a scenario that throws outside its nodes is named, with the part that threw', () => {
  it.each([
    ['setup()', { ...idle, setup: () => Promise.resolve().then(broken) }],
    ['checks()', { ...idle, checks: broken }],
  ])('%s', async (part, scenario) => {
    await expect(run(scenario)).rejects.toThrow(`scenario tiny: ${part} threw TypeError: no such thing`);
  });

  it('nodes()', () => {
    const scenario = { ...idle, nodes: broken };
    const request = { scenario, seed: 1, options: {}, faults: { kind: 'none' } as const, members: 1 };
    expect(() => drawPlan(request)).toThrow('scenario tiny: nodes() threw TypeError: no such thing');
  });
});

it('a node may poll with setImmediate for a result that takes virtual time', async () => {
  const scenario = tinyScenario(async ({ client, prefix, perform }, operation) => {
    await perform(operation, async () => {
      let done = false;
      void client.get(`${prefix}key`).then(() => {
        done = true;
      });
      while (!done) await new Promise((resolve) => setImmediate(resolve));
      return { output: null };
    });
  });
  expect((await run(scenario)).verdict).toBe('satisfied');
});
