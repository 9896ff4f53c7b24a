import assert from 'node:assert/strict';
import test from 'node:test';
import { simulate } from 'etcd-sim/sim';

const counting = async (sim) => {
  await sim.client.put('counter').value(0);
  sim.nodes(3, async ({ client }) => {
    for (;;) {
      const { kvs } = await client.get('counter').exec();
      const { value, mod_revision } = kvs[0];
      const add = client.put('counter').value(Number(value) + 1);
      if ((await client.if('counter', 'Mod', '==', mod_revision).then(add).commit()).succeeded) return;
    }
  });
  await sim.nodesEnded();
  assert.equal(await sim.client.get('counter').number(), 3);
};

test('nothing is lost', () => simulate(counting, { seeds: 20, faults: 'none', command: 'node --test' }));
