/** `stm()` of etcd3, unmodified, at the level of the same name. */
import { STMConflictError, type ISTMOptions } from 'etcd3';
import type { Isolation } from '../../../src/index.js';
import type { OpenTransactions } from '../../transactions/handle.js';
import { pause } from '../../timing.js';

const RETRIES = 50;

/** etcd3 has them as a constant enumeration, which only its own compilation knows. */
const LEVELS: { readonly [level in Isolation]: number } = {
  SerializableSnapshot: 0,
  Serializable: 1,
  RepeatableReads: 2,
  ReadCommitted: 3,
};

export const openEtcd3Transactions: OpenTransactions = ({ client, prefix, count }, isolation) => {
  const place = client.namespace(prefix);
  return {
    async transact({ reads, writes, pauseMs }, value) {
      let executions = 0;
      try {
        const values = await place
          .stm({ isolation: LEVELS[isolation] as ISTMOptions['isolation'], retries: RETRIES })
          .transact(async (transaction) => {
            executions += 1;
            const read: (string | null)[] = [];
            for (const key of reads) {
              read.push(await transaction.get(key).string());
              await pause(pauseMs);
            }
            for (const key of writes) await transaction.put(key).value(value);
            return read;
          });
        return { values };
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
};
