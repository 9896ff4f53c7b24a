import { simTest } from 'etcd-sim/vitest';
import { expect } from 'vitest';
import { Counter } from '../src/counter.js';

// The body runs once for each of 100 seeds, each with its own delays and faults.
simTest('nobody gets a number twice', async (sim) => {
  const numbers: number[] = [];
  sim.nodes(3, async ({ client }) => {
    const counter = new Counter(client);
    for (let turn = 0; turn < 5; turn++) {
      const number = await counter.next();
      expect(numbers).not.toContain(number);
      numbers.push(number);
    }
  });
});
