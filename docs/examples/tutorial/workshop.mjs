/**
 * Three workers append their jobs to one record, a list of job names in etcd. `work` does one job: it takes the lock,
 * appends to the record and lets go of the lock.
 */
export function workshop(name, description, work) {
  return {
    name,
    description,
    options: {},
    nodes: () => ['w1', 'w2', 'w3'].map((worker) => ({ name: worker, operations: jobsOf(worker) })),
    async setup({ client, prefix }) {
      await client.put(`${prefix}record`).value('[]');
    },
    async run({ client, prefix, perform }, jobs) {
      for (const job of jobs) {
        await perform(job, async () => {
          await work({ client, lock: `${prefix}lock`, record: `${prefix}record`, job: job.id });
          return { output: null };
        });
      }
    },
    // A worker that crashed begins again with the jobs it had not begun.
    restart: (jobs, begun) => jobs.filter(({ id }) => !begun.some((job) => job.id === id)),
    checks: () => [nothingLost],
    summarize: ({ log }) => [{ label: 'revisions', value: String(log.length) }],
  };
}

const jobsOf = (worker) => [1, 2, 3].map((round) => ({ id: `${worker}-${round}`, name: 'job', input: null }));

const nothingLost = {
  name: 'nothing-lost',
  description: 'Every job that ended ok is in the record once, and stays there.',
  check({ log, operations }) {
    const violated = (message, jobs, revisions) => ({
      verdict: 'violated',
      message,
      operations: jobs.filter((job) => operations.some(({ id }) => id === job)),
      revisions,
    });
    let record = [];
    for (const { revision, events } of log) {
      for (const { value } of events.filter(({ key }) => key === 'record')) {
        const next = JSON.parse(value);
        const lost = record.find((job) => !next.includes(job));
        if (lost) return violated(`revision ${revision} lost ${lost}`, [lost, next.at(-1)], [revision]);
        const twice = next.find((job, index) => next.indexOf(job) !== index);
        if (twice) return violated(`revision ${revision} has ${twice} twice`, [twice], [revision]);
        record = next;
      }
    }
    const missing = operations.find(({ id, outcome }) => outcome?.kind === 'ok' && !record.includes(id));
    if (missing) return violated(`${missing.id} ended ok and is not in the record`, [missing.id], []);
    return { verdict: 'satisfied' };
  },
};

/** The work: reads the record, takes its time, and writes it back with one job more. */
export async function append(client, record, job) {
  const jobs = await client.get(record).json();
  await sleep(20);
  await client.put(record).value(JSON.stringify([...jobs, job]));
}

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
