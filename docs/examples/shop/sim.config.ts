import { defineScenario, operation, part } from 'etcd-sim/sim';

interface Order {
  readonly amount: number;
}

export const shop = defineScenario({
  name: 'shop',
  options: {
    orders: { type: 'integer', default: 3, min: 1, max: 100, description: 'orders per customer' },
  },
  operations: {
    order: operation<Order>(),
    pay: part<Order, { readonly paid: number }>(),
  },
  nodes: ({ orders }) => [
    {
      name: 'alice',
      operations: Array.from({ length: orders }, (_, index) => ({
        id: `alice-${index}`,
        name: 'order',
        input: { amount: index },
      })),
    },
  ],
  async run({ client, perform }, orders) {
    for (const { id, input } of orders) {
      await perform({ id: `${id}.pay`, name: 'pay', input }, async () => {
        await client.put(`paid/${id}`).value(input.amount);
        return { output: { paid: input.amount } };
      });
    }
  },
  checks: () => [
    {
      name: 'paid-in-full',
      description: 'Every order is paid in full.',
      check({ operations }) {
        for (const { id, name, input, outcome } of operations) {
          if (name !== 'pay' || outcome?.kind !== 'ok' || outcome.output.paid === input.amount) continue;
          const message = `expected ${input.amount} for ${id}, got ${outcome.output.paid}`;
          return { verdict: 'violated', message, operations: [id], revisions: [] };
        }
        return { verdict: 'satisfied' };
      },
    },
  ],
});

export default { scenarios: [shop] };
