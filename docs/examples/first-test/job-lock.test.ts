import { simTest } from 'etcd-sim/vitest';
import { JobLock } from './job-lock.js';

simTest('one worker at a time', async (sim) => {
  const inside = sim.check.mutualExclusion('inside');
  sim.nodes(3, async ({ client, sleep }) => {
    const lock = new JobLock(client);
    await lock.acquire();
    await inside(() => sleep(50));
    await lock.release();
  });
});
