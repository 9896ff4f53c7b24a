/** One node's work: its transactions, in lanes. Every value is the id of the transaction that writes it. */
import type { Isolation } from '../../src/index.js';
import type { PlannedOperation } from '../../sim/plan/plan.js';
import type { NodeContext, OperationResult } from '../../sim/scenario/scenario.js';
import { pause } from '../timing.js';
import type { OpenTransactions } from './handle.js';
import type { TransactInput } from './plan.js';

export async function workOnTransactions(
  context: NodeContext,
  open: OpenTransactions,
  operations: readonly PlannedOperation[],
): Promise<void> {
  const transactions = open(context, context.options['isolation'] as Isolation);
  const lanes = Number(context.options['lanes']);
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (const [index, operation] of operations.entries()) {
        if (index % lanes !== lane) continue;
        const input = operation.input as unknown as TransactInput;
        await pause(input.afterMs);
        const transact = async (): Promise<OperationResult> => {
          const { values, revision } = await transactions.transact(input, operation.id);
          return { output: { values }, ...(revision === undefined ? {} : { revision }) };
        };
        await context.perform(operation, transact, { isOneCall: true });
      }
    }),
  );
  await transactions.close().catch(() => undefined);
}
