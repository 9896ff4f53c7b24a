import assert from 'node:assert/strict';
import { simulate } from 'etcd-sim/sim';

await simulate(
  async (sim) => {
    sim.node('owner', async ({ client, mark, sleep }) => {
      await client.lease(10).put('alive').value('owner');
      mark('written');
      await sleep(60_000);
    });
    await sim.when('written');
    sim.crash('owner');
    assert.equal(await sim.client.get('alive').string(), 'owner'); // the lease outlives its owner

    await sim.sleep(15_000); // virtual milliseconds: this takes no time
    assert.equal(await sim.client.get('alive').string(), null);
  },
  { seeds: 10, faults: 'none', reports: false },
);
