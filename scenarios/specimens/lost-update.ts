/**
 * Wrong on purpose: reads both accounts and writes the results without comparing that the accounts are
 * unchanged, so that of two concurrent transfers one is undone.
 */
import { half, keysOf, receiptOf, type OpenTeller } from '../bank/teller.js';

export const lostUpdate: OpenTeller = ({ client, prefix }) => ({
  async transfer(order) {
    const keys = keysOf(prefix, order);
    const [from, to] = await Promise.all([client.get(keys.from).number(), client.get(keys.to).number()]);
    const amount = half(Number(from));
    const reply = await client
      // etcd3 has no transaction without a comparison; this one always holds.
      .if(keys.from, 'Version', '>', -1)
      .then(
        client.put(keys.from).value(Number(from) - amount),
        client.put(keys.to).value(Number(to) + amount),
        client.put(keys.receipt).value(receiptOf(order, amount)),
      )
      .commit();
    return { amount, revision: Number(reply.header.revision) };
  },
  close: () => Promise.resolve(),
});
