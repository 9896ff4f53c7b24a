import { simTest } from 'etcd-sim/vitest';
import { Election } from './right.js'; // with './naive.js' this test is red

simTest('at most one process leads', async (sim) => {
  sim.check.oneLeader({ reign: 'lead' });
  sim.nodes(3, async ({ client, name, op, sleep }) => {
    const leadership = await new Election(client, name).campaign();
    await op('lead', null, async () => {
      for (let steps = 0; steps < 100 && leadership.isLeading(); steps++) await sleep(100);
    });
    await leadership.resign();
  });
});
