/** What must hold of registers, by what the nodes were told alone, and by etcd's log. */
import type { Check, Finding } from '../../sim/check/check.js';
import { checkRegisters, type RegisterCall, type RegisterOperation } from '../../sim/check/register.js';
import type { History, Operation } from '../../sim/history/history.js';
import type { RegisterInput } from './plan.js';
import type { SwapOutput } from './work.js';

export const registerChecks: readonly Check[] = [
  {
    name: 'once',
    description: 'What was reported ok was written once; what was reported failed was not.',
    check: (history) => writtenOnce(history) ?? { verdict: 'satisfied' },
  },
  {
    name: 'linearizable',
    description:
      'There is one order of all operations, the one in which they were asked for where they did not overlap, in which each found what was written last.',
    check: ({ operations }) => checkRegisters(operations.flatMap(registerOperation)),
  },
];

function writtenOnce({ operations, log }: History): Finding | undefined {
  const revisions = new Map<string, number[]>();
  for (const { revision, events } of log) {
    for (const { value } of events) revisions.set(value, [...(revisions.get(value) ?? []), revision]);
  }
  for (const { id, name, outcome } of operations) {
    const written = revisions.get(id) ?? [];
    const problem = (text: string): Finding => ({
      verdict: 'violated',
      message: `${id} ${text}`,
      operations: [id],
      revisions: written,
    });
    if (written.length > 1) return problem(`was written ${written.length} times`);
    if (outcome?.kind === 'failed' && written.length > 0) {
      return problem(`was reported failed (${outcome.error.message}), and is in the log`);
    }
    if (outcome?.kind !== 'ok' || name === 'read') continue;
    const wrote = name === 'write' || (outcome.output as unknown as SwapOutput).swapped;
    if (wrote && written[0] === undefined) return problem('was reported ok, and is not in the log');
    if (!wrote && written[0] !== undefined) {
      return problem('was told that something else was there, and is in the log');
    }
    if (wrote && outcome.revision !== written[0]) {
      return problem(`was reported ok at revision ${outcome.revision}, and is in the log at ${written[0]}`);
    }
  }
  return undefined;
}

/** An operation as the checker of registers takes it; none where it did not happen, or nobody knows what it read. */
function registerOperation(operation: Operation): RegisterOperation[] {
  const { outcome } = operation;
  const call = callOf(operation);
  if (call === undefined || outcome?.kind === 'failed') return [];
  const { id, invoke } = operation;
  const returned = outcome?.kind === 'ok' ? operation.return?.sequence : undefined;
  return [{ id, call, invoke: invoke.sequence, return: returned }];
}

function callOf({ id, name, input, outcome }: Operation): RegisterCall | undefined {
  const { key, expected = null } = input as unknown as RegisterInput;
  const output = outcome?.kind === 'ok' ? outcome.output : undefined;
  switch (name) {
    case 'read':
      return output === undefined ? undefined : { kind: 'read', key, value: output as string | null };
    case 'write':
      return { kind: 'write', key, value: id };
    default: {
      const told = output as unknown as SwapOutput | undefined;
      if (told?.swapped === false) return { kind: 'read', key, value: told.found };
      return { kind: 'swap', key, expected, value: id };
    }
  }
}
