/**
 * The ways in which the bank's workers transfer money: our recipes, the client library's own transactions,
 * and one that is wrong on purpose.
 */
import { STMConflictError, type SoftwareTransaction } from 'etcd3';
import type { NodeContext } from '../../sim/scenario/scenario.js';
import { STM, transfer } from '../../src/index.js';
import { lostUpdate } from '../specimens/lost-update.js';
import { ACCOUNTS, RECEIPTS } from './ledger.js';
import { half, keysOf, receiptOf, type OpenTeller, type Teller } from './teller.js';

/** The variants by name, in the order people read them. */
export const variants = {
  stm: withStm,
  txn: withTransfer,
  etcd3: withEtcd3,
  'lost-update': lostUpdate,
} satisfies Readonly<Record<string, OpenTeller>>;

/** Our software transactional memory. */
function withStm({ client, prefix, count }: NodeContext): Teller {
  const stm = new STM(client, { recordPrefix: `${prefix}bank/commits/` });
  return {
    async transfer(order) {
      const keys = keysOf(prefix, order);
      const { value, revision, conflicts } = await stm.run(async (transaction) => {
        const [from = null, to = null] = await transaction.get([keys.from, keys.to]);
        const amount = half(Number(from));
        transaction.put(keys.from, String(Number(from) - amount));
        transaction.put(keys.to, String(Number(to) + amount));
        transaction.put(keys.receipt, receiptOf(order, amount));
        return amount;
      });
      count('conflicts', conflicts);
      return { amount: value, revision };
    },
    close: () => stm.close(),
  };
}

/** The plain transaction that compares modification revisions. */
function withTransfer({ client, prefix, count }: NodeContext): Teller {
  return {
    async transfer(order) {
      const { amount, revision, conflicts } = await transfer(
        client,
        { ...order, amount: half },
        { accountPrefix: prefix + ACCOUNTS, receiptPrefix: prefix + RECEIPTS },
      );
      count('conflicts', conflicts);
      return { amount, revision };
    },
    close: () => Promise.resolve(),
  };
}

/** The client library's own software transactions, as its documentation shows them. */
function withEtcd3({ client, prefix, count }: NodeContext): Teller {
  return {
    async transfer(order) {
      const keys = keysOf(prefix, order);
      let executions = 0;
      const move = async (transaction: SoftwareTransaction) => {
        executions += 1;
        const [from, to] = await Promise.all([
          transaction.get(keys.from).number(),
          transaction.get(keys.to).number(),
        ]);
        const amount = half(Number(from));
        await Promise.all([
          transaction.put(keys.from).value(Number(from) - amount),
          transaction.put(keys.to).value(Number(to) + amount),
          transaction.put(keys.receipt).value(receiptOf(order, amount)),
        ]);
        return amount;
      };
      try {
        return { amount: await client.stm().transact(move) };
      } catch (error) {
        // The library reports that nothing was written, and its callers have no other information.
        if (error instanceof STMConflictError) throw Object.assign(error, { definite: true });
        throw error;
      } finally {
        count('conflicts', Math.max(0, executions - 1));
      }
    },
    close: () => Promise.resolve(),
  };
}
