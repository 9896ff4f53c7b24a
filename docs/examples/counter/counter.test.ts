import { simTest } from 'etcd-sim/vitest';
import { Counter } from './right.js'; // with './naive.js' this test is red

simTest('every view is counted once', async (sim) => {
  sim.check.linearizable({ type: 'counter', operations: { add: 'add', read: 'read' } });
  sim.nodes(3, async ({ client, op }) => {
    const counter = new Counter(client);
    for (let views = 0; views < 5; views++) {
      await op('add', 1, () => counter.add());
      await op('read', null, () => counter.read());
    }
  });
});
