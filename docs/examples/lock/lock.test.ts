import { simTest } from 'etcd-sim/vitest';
import { Lock } from './right.js'; // with './naive.js' this test is red

simTest('whoever has lost the lock writes no longer', async (sim) => {
  sim.check.fencing({ write: 'write' });
  sim.nodes(3, async ({ client, name, op, sleep }) => {
    const lock = new Lock(client);
    const token = await lock.acquire();
    for (let writes = 0; writes < 4; writes++) {
      await op('write', { token }, () => lock.write('record', name));
      await sleep(2000);
    }
    await lock.release();
  });
});
