/** A scenario with typed options; most parts are optional. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { check } from '../../sim/harness/check.js';
import { checks } from '../../sim/check/ready/index.js';
import { operationsNamed } from '../../sim/history/operations.js';
import { defineScenario } from '../../sim/scenario/define-scenario.js';
import { expectScenario } from '../../sim/scenario/expect-scenario.js';
import { operation, part } from '../../sim/scenario/operations.js';

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

interface Order {
  readonly amount: number;
  readonly note?: string;
}

describe('operations of a scenario', () => {
  it('type what a plan, a node and a check see of them', () => {
    defineScenario({
      name: 'typed-operations',
      operations: { order: operation<Order>(), pay: part<Order, { readonly left: number } | null>() },
      nodes: () => [{ name: 'a', operations: [{ id: 'a-1', name: 'order', input: { amount: 3 } }] }],
      async run({ perform }, operations) {
        for (const { id, name, input } of operations) {
          // A part is none of the plan's.
          expectTypeOf(name).toEqualTypeOf<'order'>();
          expectTypeOf(input.amount).toEqualTypeOf<number>();
          const paid = await perform({ id: `${id}.pay`, name: 'pay', input }, async () => ({
            output: { left: input.amount },
          }));
          expectTypeOf(paid?.output?.left).toEqualTypeOf<number | undefined>();
          // @ts-expect-error there is no operation of that name
          await perform({ id, name: 'refund', input }, async () => ({ output: null }));
          // @ts-expect-error its input is another
          await perform({ id, name: 'order', input: 3 }, async () => ({ output: null }));
          // @ts-expect-error its output is another
          await perform({ id, name: 'pay', input }, async () => ({ output: 'all' }));
        }
      },
      checks: () => [
        {
          name: 'paid',
          description: 'Nothing is left.',
          check(history) {
            const [pay] = operationsNamed(history, 'pay');
            if (pay?.outcome?.kind === 'ok') {
              expectTypeOf(pay.outcome.output).toEqualTypeOf<{ readonly left: number } | null>();
            }
            return { verdict: 'satisfied' };
          },
        },
        // One that knows nothing of the types.
        checks.mutualExclusion({ name: 'alone', during: 'pay' }),
      ],
    });
  });

  it('are for the compiler alone', async () => {
    const scenario = defineScenario({
      name: 'pays',
      operations: { order: operation<Order, { readonly left: number }>() },
      nodes: () => [{ name: 'a', operations: [{ id: 'a-1', name: 'order', input: { amount: 3 } }] }],
      async run({ client, perform }, [order]) {
        if (order === undefined) return;
        await perform(order, async () => {
          const { header } = await client.put('left').value(order.input.amount - 3);
          return { output: { left: 0 }, revision: Number(header.revision) };
        });
      },
      checks: () => [
        {
          name: 'nothing-left',
          description: 'Nothing is left.',
          check({ operations }) {
            const [paid] = operations;
            return paid?.outcome?.kind === 'ok' && paid.outcome.output.left === 0
              ? { verdict: 'satisfied' }
              : { verdict: 'violated', message: 'something is left', operations: [], revisions: [] };
          },
        },
      ],
    });
    expect(expectScenario(scenario)).toBe(scenario);
    expect(scenario).not.toHaveProperty('operations');
    expect((await check(scenario, { seeds: 2, faults: 'none' })).outcome).toBe('satisfied');
  });
});
