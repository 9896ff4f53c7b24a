import { simTest } from 'etcd-sim/vitest';
import { Cron } from './right.js'; // with './naive.js' this test is red

simTest('a job runs at most once a minute', async (sim) => {
  sim.check.atMostOncePerSlot({ operation: 'job' });
  sim.nodes(3, async ({ client, op, sleep }) => {
    const cron = new Cron(client, (minute) => op('job', minute, () => sleep(100)));
    for (let ticks = 0; ticks < 20; ticks++) {
      await cron.tick();
      await sleep(10_000);
    }
  });
});
