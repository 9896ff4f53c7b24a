import assert from 'node:assert/strict';
import { simulate } from 'etcd-sim/sim';

await simulate(
  async (etcd) => {
    const observer = etcd.client();
    await etcd.as('n1', () => etcd.client('n1').lease(10).put('alive').value('n1'));
    etcd.kill('n1');
    assert.equal(await observer.get('alive').string(), 'n1'); // the lease outlives its owner

    await etcd.passes(15_000); // virtual milliseconds: this takes no time
    assert.equal(await observer.get('alive').string(), null);
  },
  { seed: 7, members: 3, nodes: ['n1'] },
);
