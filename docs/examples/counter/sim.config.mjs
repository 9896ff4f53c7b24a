import fc from 'fast-check';

/** Three clients add one to a counter, five times each. Reading and then writing loses additions. */
const counter = {
  name: 'counter',
  description: 'Clients add to a counter without comparing what they read.',
  options: {},
  nodes: () =>
    fc.constant(
      ['c1', 'c2', 'c3'].map((name) => ({
        name,
        operations: [1, 2, 3, 4, 5].map((round) => ({ id: `${name}-${round}`, name: 'add', input: 1 })),
      })),
    ),
  async setup({ client, prefix }) {
    await client.put(`${prefix}counter`).value(0);
  },
  async run({ client, prefix, perform }, operations) {
    for (const operation of operations) {
      await perform(operation, async () => {
        const before = await client.get(`${prefix}counter`).number();
        await client.put(`${prefix}counter`).value(before + 1);
        return { output: before + 1 };
      });
    }
  },
  checks: () => [
    {
      name: 'nothing-lost',
      description: 'The counter grows by one with every revision.',
      check({ log }) {
        const values = log.map(({ events }) => Number(events[0].value));
        const index = values.findIndex((value, at) => value !== at);
        if (index < 0) return { verdict: 'satisfied' };
        return {
          verdict: 'violated',
          message: `revision ${log[index].revision} made it ${values[index]}, but ${index} was due`,
          operations: [],
          revisions: [log[index].revision],
        };
      },
    },
  ],
  summarize: ({ log }) => [{ label: 'counter', value: log.at(-1)?.events[0].value ?? 'none' }],
};

export default { scenarios: [counter] };
