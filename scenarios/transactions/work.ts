/** One node's work: its transactions, in lanes. Every value is the id of the transaction that writes it. */
import { pause } from '../timing.js';
import type { OpenTransactions } from './handle.js';
import type { PlannedTransaction, TransactionsContext } from './plan.js';

export async function workOnTransactions(
  context: TransactionsContext,
  open: OpenTransactions,
  operations: readonly PlannedTransaction[],
): Promise<void> {
  const transactions = open(context, context.options.isolation);
  const lanes = context.options.lanes;
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (const [index, operation] of operations.entries()) {
        if (index % lanes !== lane) continue;
        const { input } = operation;
        await pause(input.afterMs);
        const transact = async () => {
          const { values, revision } = await transactions.transact(input, operation.id);
          return { output: { values }, ...(revision === undefined ? {} : { revision }) };
        };
        await context.perform(operation, transact, { isOneCall: true });
      }
    }),
  );
  await transactions.close().catch(() => undefined);
}
