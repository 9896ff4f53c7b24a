/** A scenario with typed options; most parts are optional. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { check } from '../../sim/harness/check.js';
import { defineScenario } from '../../sim/scenario/define-scenario.js';
import { expectScenario } from '../../sim/scenario/expect-scenario.js';

describe('defineScenario', () => {
  it('gives options their types', () => {
    defineScenario({
      name: 'typed',
      options: {
        workers: { type: 'integer', default: 2, min: 1, max: 9, description: 'how many' },
        variant: { type: 'choice', default: 'a', choices: ['a', 'b'], description: 'which' },
      },
      setup: async ({ options }) => {
        expectTypeOf(options.workers).toEqualTypeOf<number>();
        expectTypeOf(options.variant).toEqualTypeOf<'a' | 'b'>();
        // @ts-expect-error there is none of that name
        void options.other;
      },
      run: async ({ options }) => expectTypeOf(options.workers).toEqualTypeOf<number>(),
      checks: ({ variant }) => {
        expectTypeOf(variant).toEqualTypeOf<'a' | 'b'>();
        return [];
      },
    });
  });

  it('makes a scenario from a name, the nodes’ work and the checks', async () => {
    const scenario = defineScenario({
      name: 'smallest',
      async run({ client, perform, node }, [operation]) {
        if (operation === undefined) return;
        await perform(operation, async () => {
          await client.put(node).value('here');
          return { output: null };
        });
      },
      checks: () => [],
    });
    expect(expectScenario(scenario)).toBe(scenario);
    expect(scenario.description).toBe('smallest');
    const report = await check(scenario, { seeds: 3, faults: 'none' });
    expect(report.outcome).toBe('satisfied');
  });

  it('passes on what a node, the set-up and the final observation receive', async () => {
    const seen: string[] = [];
    const scenario = defineScenario({
      name: 'whole',
      description: 'All fields at once.',
      options: { count: { type: 'integer', default: 2, min: 1, max: 3, description: 'how many' } },
      nodes: ({ count }) =>
        Array.from({ length: count }, (_, index) => ({
          name: `w${index}`,
          operations: [{ id: `w${index}-1`, name: 'run', input: null }],
        })),
      setup: async ({ client }) => void (await client.put('k').value(0)),
      run: async ({ client, perform }, operations) => {
        for (const operation of operations) {
          await perform(operation, async () => ({ output: await client.get('k').number() }));
        }
      },
      afterwards: async ({ client, options }) => {
        seen.push(`${options.count} ${await client.get('k').number()}`);
      },
      checks: () => [],
      summarize: (_, { count }) => [{ label: 'count', value: String(count) }],
    });
    const report = await check(scenario, { seeds: 1, faults: 'none', options: { count: 3 } });
    expect(report.failures[0]?.result.problems ?? []).toEqual([]);
    expect(seen).toEqual(['3 0']);
  });
});
