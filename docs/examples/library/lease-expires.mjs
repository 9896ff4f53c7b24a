import assert from 'node:assert/strict';
import { simulate } from 'etcd-sim/sim';

await simulate(
  async (sim) => {
    sim.node('owner', async ({ client, mark, sleep }) => {
      await client.lease(10).put('alive').value('owner');
      mark('alive');
      await sleep(60_000);
    });
    await sim.when('alive');
    sim.crash('owner');
    assert.equal(await sim.client.get('alive').string(), 'owner'); // the lease outlives its owner

    await sim.sleep(15_000); // virtual milliseconds: this takes no time
    assert.equal(await sim.client.get('alive').string(), null);
  },
  { seeds: 1, seed: 7, members: 3, faults: 'none' },
);
