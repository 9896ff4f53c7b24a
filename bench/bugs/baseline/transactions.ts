/**
 * Transactions as a user would test them: of those that write what they have read, no two have read the same, and what
 * has failed is never seen.
 */
import { STMConflictError } from 'etcd3';
import fc from 'fast-check';
import type { OpenTransactions } from '../../../scenarios/transactions/handle.js';
import type { Isolation } from '../../../src/index.js';
import { assertThat, attempt, Violation, type Subject } from './subject.js';

interface Transaction {
  readonly client: number;
  readonly keys: readonly string[];
}

const keys = ['a', 'b'];

export function transactionSubject(open: OpenTransactions, isolation: Isolation): Subject<Transaction> {
  return {
    step: fc.record(
      { client: fc.nat(2), keys: fc.subarray(keys, { minLength: 1 }) },
      { noNullPrototype: true },
    ),
    open(world) {
      const calm = world.calmClient();
      const clients = [0, 1, 2].map((index) => open(world.context(`client${index}`), isolation));
      const failed = new Set<string>();
      const seen: string[] = [];
      /** Who replaced which value of which key. */
      const replaced = new Map<string, string>();
      let begun = 0;
      return Promise.resolve({
        allows: () => true,
        plan: () => undefined,
        laneOf: ({ client }) => String(client),
        async play({ client, keys: chosen }) {
          const id = `transaction-${++begun}`;
          const plan = { reads: chosen, writes: chosen, pauseMs: 0 };
          const transactions = clients[client] as (typeof clients)[0];
          const done = await attempt(world, async () => {
            try {
              return await transactions.transact(plan, id);
            } catch (error) {
              // The library says that nothing was written.
              if (!(error instanceof STMConflictError)) throw error;
              failed.add(id);
              return undefined;
            }
          });
          for (const [index, value] of (done?.values ?? []).entries()) {
            const place = `${chosen[index] ?? ''} ${value ?? 'nothing'}`;
            const other = replaced.get(place);
            if (other !== undefined) throw new Violation(`${id} and ${other} both replaced ${place}`);
            replaced.set(place, id);
            if (value === id) throw new Violation(`${id} has read its own write`);
            if (value !== null) seen.push(value);
          }
        },
        async finish() {
          seen.push(...Object.values(await calm.getAll().prefix('t/').strings()));
          for (const id of seen) assertThat(!failed.has(id), `${id} has failed, and was written`);
        },
      });
    },
  };
}
