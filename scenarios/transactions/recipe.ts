/** Our own software transactions, adapted to the scenario. */
import { STM } from '../../src/index.js';
import { pause } from '../timing.js';
import type { OpenTransactions } from './handle.js';

export const openTransactions: OpenTransactions = ({ client, prefix, count }, isolation) => {
  const stm = new STM(client.namespace(prefix), { isolation });
  return {
    async transact({ reads, writes, pauseMs }, value) {
      const done = await stm.run(async (transaction) => {
        const values: (string | null)[] = [];
        for (const key of reads) {
          values.push(await transaction.get(key));
          await pause(pauseMs);
        }
        for (const key of writes) transaction.put(key, value);
        return values;
      });
      count('conflicts', done.conflicts);
      return { values: done.value, revision: done.revision };
    },
    close: () => stm.close(),
  };
};
