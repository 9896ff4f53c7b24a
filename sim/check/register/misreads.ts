/** What needs no order: values that nobody wrote, that were written twice, or that were found too early. */
import type { Finding } from '../check.js';
import { foundValue, writtenValue, type RegisterOperation } from './operations.js';

export function findMisread(operations: readonly RegisterOperation[]): Finding | undefined {
  const writers = new Map<string, RegisterOperation>();
  for (const operation of operations) {
    const value = writtenValue(operation.call);
    if (value === undefined) continue;
    const other = writers.get(value);
    if (other !== undefined) {
      return {
        verdict: 'inconclusive',
        reason: `${other.id} and ${operation.id} write the same value ${value}: expected unique values`,
      };
    }
    writers.set(value, operation);
  }
  for (const operation of operations) {
    const { id, call } = operation;
    if (operation.return === undefined) continue;
    const value = foundValue(call);
    if (value === undefined || value === null) continue;
    const writer = writers.get(value);
    if (writer === undefined) {
      return violated(`${id} found ${value} in ${call.key}, which nobody wrote`, [operation]);
    }
    if (operation.return < writer.invoke) {
      return violated(`${id} found ${value} in ${call.key} before ${writer.id} began to write it`, [
        operation,
        writer,
      ]);
    }
  }
  return undefined;
}

function violated(message: string, operations: readonly RegisterOperation[]): Finding {
  return { verdict: 'violated', message, operations: operations.map(({ id }) => id), revisions: [] };
}
