import assert from 'node:assert/strict';
import { simulate } from 'etcd-sim/sim';

await simulate(
  async (sim) => {
    sim.node('owner', async ({ client, sleep }) => {
      await client.lease(10).put('alive').value('owner');
      await sleep(60_000);
    });
    await sim.sleep(20_000); // virtual milliseconds: this takes no time
    assert.equal(await sim.client.get('alive').string(), null); // the owner stood still for too long
  },
  {
    faults: [
      { kind: 'reply-lost', node: 'owner', member: 'm1', once: true, atMs: 0, durationMs: 50 },
      { kind: 'node-pause', node: 'owner', atMs: 2000, durationMs: 30_000 },
    ],
    seeds: 10,
    reports: false,
  },
);
