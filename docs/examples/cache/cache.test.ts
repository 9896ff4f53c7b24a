import { simTest, type SimNode } from 'etcd-sim/vitest';
import fc from 'fast-check';
import { expect } from 'vitest';
import { ConfigCache } from './right.js'; // with './naive.js' this test is red

const pauses = fc.array(fc.oneof(fc.nat(20), fc.nat(3000)), { maxLength: 10 });

simTest('in the end the cache has what etcd has', async (sim) => {
  const caches: ConfigCache[] = [];
  const service = async ({ client }: SimNode) => {
    const cache = new ConfigCache(client);
    await cache.start();
    caches.push(cache);
  };
  sim.node('service', service, { daemon: true });
  sim.nodes(2, async ({ client, draw, name, op, sleep }) => {
    for (const [index, pause] of draw(pauses).entries()) {
      await sleep(pause);
      await op('set', index, () => client.put(`config/${name}`).value(index));
    }
  });
  await sim.nodesEnded();
  await sim.eventually(async () => {
    const inEtcd = await sim.client.getAll().prefix('config/').strings();
    for (const { values } of caches) expect(Object.fromEntries(values)).toEqual(inEtcd);
  });
});
