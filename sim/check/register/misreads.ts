/**
 * Violations that need no order: values that were never written, or that were found too early. Every value is
 * written at most once.
 */
import type { Finding } from '../check.js';
import { foundValue, writtenValue, type RegisterOperation } from './operations.js';

/** Whether some value was written more than once. */
export function hasRepeatedValues(operations: readonly RegisterOperation[]): boolean {
  const values = operations.flatMap(({ call }) => writtenValue(call) ?? []);
  return new Set(values).size < values.length;
}

export function findMisread(operations: readonly RegisterOperation[]): Finding | undefined {
  const writers = new Map<string, RegisterOperation>();
  for (const operation of operations) {
    const value = writtenValue(operation.call);
    if (value === undefined) continue;
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
