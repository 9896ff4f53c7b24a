import assert from 'node:assert/strict';
import { simulate } from 'etcd-sim/sim';

await simulate(
  async (sim) => {
    const record = sim.resource('record', { fenced: true });
    sim.node(
      'worker',
      async ({ serve, mark }) => {
        await serve('store', ({ text, token }) => record.write(text, token));
        mark('serving');
      },
      { daemon: true },
    );
    sim.nodes(2, async ({ name, client, call, when }) => {
      await when('serving');
      const { header } = await client.put(`turn/${name}`).value(name);
      const accepted = await call('worker', 'store', { text: name, token: header.revision });
      assert.equal(typeof accepted, 'boolean');
    });
    await sim.nodesEnded();
  },
  { seeds: 20, reports: false },
);
