/**
 * Checks the witness of a violation, together with the writes that it concerns, with the search through all
 * orders. Invariant: a violation is reported only if the search finds these few operations impossible by
 * themselves; a witness that it refutes, or cannot decide, is inconclusive.
 */
import type { Finding } from '../check.js';
import { everyOrder } from '../linearizable/every-order.js';
import type { SequentialType } from '../linearizable/sequential-type.js';
import { foundValue, writtenValue, type RegisterCall, type RegisterOperation } from './operations.js';

/** One register; null is no value. */
export const registerType: SequentialType<string | null, RegisterCall> = {
  initial: null,
  apply(state, call) {
    switch (call.kind) {
      case 'read':
        return state === call.value ? state : undefined;
      case 'write':
        return call.value;
      case 'swap':
        return state === call.expected ? call.value : undefined;
      default:
        return call satisfies never;
    }
  },
  textOf: (state) => (state === null ? '' : `=${state}`),
  textOfCall: (call) => `${call.kind} ${call.kind === 'swap' ? call.expected : ''} ${call.value}`,
};

/**
 * @param operations all of the register
 * @param textMax how many characters the search may remember
 */
export function certified(
  finding: Finding,
  operations: readonly RegisterOperation[],
  textMax?: number,
): Finding {
  if (finding.verdict !== 'violated') return finding;
  const answer = everyOrder(registerType, withWriters(finding.operations, operations), textMax);
  if (answer === 'impossible') return finding;
  const reason =
    answer === 'possible'
      ? `bug in the checker: ${finding.message}, yet an order exists`
      : `cannot certify that ${finding.message}: there are too many orders`;
  return { verdict: 'inconclusive', reason };
}

/**
 * These operations, the writers of the values that they found, and so on back to where it no longer matters.
 */
function withWriters(ids: readonly string[], operations: readonly RegisterOperation[]): RegisterOperation[] {
  const writers = new Map<string, RegisterOperation>();
  const named = new Set<RegisterOperation>();
  const wanted = new Set(ids);
  for (const operation of operations) {
    const value = writtenValue(operation.call);
    if (value !== undefined) writers.set(value, operation);
    if (wanted.has(operation.id)) named.add(operation);
  }
  const writerOf = ({ call }: RegisterOperation) => {
    const found = foundValue(call);
    return found === undefined || found === null ? undefined : writers.get(found);
  };
  const kept = new Set(named);
  const finders = new Map<RegisterOperation, RegisterOperation[]>();
  // Grows during the loop.
  for (const operation of kept) {
    const writer = writerOf(operation);
    if (writer === undefined) continue;
    kept.add(writer);
    const others = finders.get(writer);
    if (others === undefined) finders.set(writer, [operation]);
    else others.push(operation);
  }
  // An operation that is not named and that only one swap has seen is not needed; that swap then counts as a
  // write.
  for (const beginning of [...kept].filter(({ call }) => call.kind === 'write')) {
    let first = beginning;
    for (;;) {
      const [next, another] = finders.get(first) ?? [];
      if (named.has(first) || next?.call.kind !== 'swap' || another !== undefined) break;
      kept.delete(first);
      first = next;
    }
  }
  return [...kept].map((operation) => {
    const { call } = operation;
    const writer = writerOf(operation);
    if (call.kind !== 'swap' || writer === undefined || kept.has(writer)) return operation;
    return { ...operation, call: { kind: 'write', key: call.key, value: call.value } };
  });
}
