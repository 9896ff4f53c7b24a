import { simTest, type Performed } from 'etcd-sim/vitest';
import fc from 'fast-check';
import { Bank, type Order } from './right.js'; // with './naive.js' this test is red

const pair = fc.constantFrom(['ann', 'bob'], ['bob', 'ann'], ['bob', 'cat'], ['cat', 'ann']);
const orders = fc.array(fc.record({ pair, amount: fc.integer({ min: 1, max: 20 }) }), { maxLength: 8 });

simTest('no money is made or lost, and every order is carried out once', async (sim) => {
  for (const name of ['ann', 'bob', 'cat']) await sim.client.put(`accounts/${name}`).value(1000);
  sim.check.conservedSum({ keys: 'accounts/', sum: 3000 });
  sim.check.exactlyOnce({
    operation: 'transfer',
    effect: 'receipts/',
    id: ({ input }: Performed<Order>) => input.id,
  });
  sim.nodes(3, async ({ client, draw, name, op }) => {
    const bank = new Bank(client);
    for (const [index, { pair, amount }] of draw(orders).entries()) {
      const [from = '', to = ''] = pair;
      const order = { id: `${name}-${index}`, from, to, amount };
      await op('transfer', order, () => bank.transfer(order));
    }
  });
});
