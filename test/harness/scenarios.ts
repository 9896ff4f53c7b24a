/** Small scenarios for the harness: a counter that loses additions, one that does not, and ones that misbehave. */
import type { Scenario } from '../../sim/scenario/scenario.js';

const base = {
  description: 'Two clients add to a counter.',
  options: {},
  nodes: () =>
    ['c1', 'c2', 'c3'].map((name) => ({
      name,
      operations: [1, 2].map((round) => ({ id: `${name}-${round}`, name: 'add', input: 1 })),
    })),
  async setup({ client, prefix }) {
    await client.put(`${prefix}counter`).value(0);
  },
  checks: () => [
    {
      name: 'nothing-lost',
      description: 'The counter grows by one with every revision.',
      check({ log }) {
        const values = log.map(({ events }) => Number(events[0]?.value));
        const index = values.findIndex((value, at) => value !== at);
        if (index < 0) return { verdict: 'satisfied' };
        const revision = log[index]?.revision ?? 0;
        const message = `revision ${revision} made it ${values[index]}, but ${index} was due`;
        return { verdict: 'violated', message, operations: [], revisions: [revision] };
      },
    },
  ],
  summarize: () => [],
} satisfies Partial<Scenario>;

/** Reads, then writes. */
export const lossy: Scenario = {
  ...base,
  name: 'lossy',
  async run({ client, prefix, perform }, operations) {
    for (const operation of operations) {
      await perform(operation, async () => {
        const before = (await client.get(`${prefix}counter`).number()) ?? 0;
        await client.put(`${prefix}counter`).value(before + 1);
        return { output: before + 1 };
      });
    }
  },
};

/** Each waits for its turn. */
export const careful: Scenario = {
  ...base,
  name: 'careful',
  async run({ client, prefix, perform }, operations) {
    for (const operation of operations) {
      await perform(operation, async () => {
        for (;;) {
          const kv = (await client.get(`${prefix}counter`).exec()).kvs[0];
          const before = Number(kv?.value.toString());
          const done = await client
            .if(`${prefix}counter`, 'Mod', '==', kv?.mod_revision ?? 0)
            .then(client.put(`${prefix}counter`).value(before + 1))
            .commit();
          if (done.succeeded) return { output: before + 1 };
        }
      });
    }
  },
};

/** Fails in two ways: the counter loses additions, or, with many faults, its node throws. */
export const twoWays: Scenario = {
  ...lossy,
  name: 'two-ways',
  async run(context, operations) {
    await lossy.run(context, operations);
    if (context.node === 'c1' && Math.random() < 0.5) throw new TypeError('half of the time');
  },
};

let runs = 0;
/** Not the same twice: it asks something outside of the run. */
export const moody: Scenario = {
  ...lossy,
  name: 'moody',
  async run(context, operations) {
    runs += 1;
    if (runs % 2 === 0) await context.client.get('elsewhere');
    await lossy.run(context, operations);
  },
};
