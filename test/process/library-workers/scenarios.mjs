/** Scenarios that worker processes of the library import. A process that imports them writes its id down. */
import { appendFileSync } from 'node:fs';

const { PROCESSES } = process.env;
if (PROCESSES !== undefined) appendFileSync(PROCESSES, `${process.pid}\n`);

let seed = 0;
const operation = { name: 'read', input: 1 };

const base = {
  description: 'One client reads.',
  options: {},
  nodes: () => [
    {
      name: 'a',
      operations: Array.from({ length: 6 }, (_, at) => ({ ...operation, id: `a${at}` })),
    },
  ],
  async setup({ plan }) {
    seed = plan.seed;
  },
  async run({ client, prefix, perform }, operations) {
    for (const planned of operations) {
      await perform(planned, async () => ({ output: await client.get(prefix) }));
    }
  },
  checks: () => [{ name: 'holds', description: 'It holds.', check: () => ({ verdict: 'satisfied' }) }],
  summarize: () => [],
};

const failsFrom = (first) => () => [
  {
    name: 'both',
    description: 'Not both operations happen.',
    check({ operations }) {
      const ids = operations.map(({ id }) => id);
      if (seed < first || !ids.includes('a2') || !ids.includes('a4')) return { verdict: 'satisfied' };
      return { verdict: 'violated', message: 'both happened', operations: ['a2', 'a4'], revisions: [] };
    },
  },
];

export default {
  scenarios: [
    { ...base, name: 'holds' },
    { ...base, name: 'fails', checks: failsFrom(4) },
    {
      ...base,
      name: 'loses',
      async run(context, operations) {
        while (context.plan.seed === 2);
        await base.run(context, operations);
      },
      checks: () => [
        {
          name: 'dies',
          description: 'The fifth seed ends its process.',
          check() {
            if (seed === 4) process.kill(process.pid, 'SIGKILL');
            return { verdict: 'satisfied' };
          },
        },
      ],
    },
  ],
};
