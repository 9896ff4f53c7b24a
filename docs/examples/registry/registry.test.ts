import { simTest, type SimNode } from 'etcd-sim/vitest';
import { expect } from 'vitest';
import { Registry } from './right.js'; // with './naive.js' this test is red

simTest('an instance that lives is found', async (sim) => {
  const registered = new Set<string>();
  const instance = async ({ client, name }: SimNode) => {
    await new Registry(client).register(name, `${name}.example:80`);
    registered.add(name);
  };
  sim.nodes(3, instance, { daemon: true });
  sim.node('user', async ({ client, op, sleep }) => {
    for (let looks = 0; looks < 10; looks++) {
      await op('find', null, () => new Registry(client).find());
      await sleep(3000);
    }
  });
  await sim.nodesEnded();
  await sim.eventually(async () => {
    expect(new Set(Object.keys(await new Registry(sim.client).find()))).toEqual(registered);
  });
});
