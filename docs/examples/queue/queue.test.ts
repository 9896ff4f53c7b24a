import { simTest } from 'etcd-sim/vitest';
import fc from 'fast-check';
import { JobQueue } from './right.js'; // with './naive.js' this test is red

const work = fc.array(fc.constantFrom('push', 'pop', 'rest'), { minLength: 4, maxLength: 12 });

simTest('every job is taken once, the oldest first', async (sim) => {
  sim.check.fifoQueue({ enqueue: 'push', dequeue: 'pop', whenAbsent: 'satisfied' });
  sim.nodes(3, async ({ client, draw, name, op, sleep }) => {
    const queue = new JobQueue(client);
    for (const [index, what] of draw(work).entries()) {
      const job = `${name}-${index}`;
      if (what === 'push') await op('push', job, () => queue.push(job));
      if (what === 'pop') await op('pop', null, () => queue.pop());
      if (what === 'rest') await sleep(500);
    }
  });
});
