import { defineScenario } from 'etcd-sim/sim';
import { Counter } from './src/counter.js';

/** The same for the command line: `npx sim --scenario numbers --seeds 1000`. */
const numbers = defineScenario({
  name: 'numbers',
  description: 'Three nodes take numbers from one counter.',
  async run({ client, perform }, operations) {
    const counter = new Counter(client);
    for (const operation of operations) {
      await perform(operation, async () => ({ output: await counter.next() }));
    }
  },
  checks: () => [
    {
      name: 'once',
      description: 'Nobody gets a number twice.',
      check({ operations }) {
        const owners = new Map<unknown, string>();
        for (const { id, outcome } of operations) {
          if (outcome?.kind !== 'ok') continue;
          const other = owners.get(outcome.output);
          if (other !== undefined) {
            const message = `expected distinct numbers, ${other} and ${id} got ${JSON.stringify(outcome.output)}`;
            return { verdict: 'violated', message, operations: [other, id], revisions: [] };
          }
          owners.set(outcome.output, id);
        }
        return { verdict: 'satisfied' };
      },
    },
  ],
});

export default { scenarios: [numbers] };
