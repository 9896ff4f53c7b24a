/** The rules of registers: over the nodes' results alone, and over etcd's log. */
import type { Check, Finding } from '../../sim/check/check.js';
import { checks, type Performed } from '../../sim/check/ready/index.js';
import type { RegisterHistory, RegisterInput } from './plan.js';

export const registerChecks: readonly Check<RegisterHistory>[] = [
  {
    name: 'once',
    description: 'An ok write is in the log once, a failed one never.',
    check: (history) => writtenOnce(history) ?? { verdict: 'satisfied' },
  },
  checks.register({
    name: 'linearizable',
    ...{ read: 'read', write: 'write', cas: 'swap' },
    value: ({ id }) => id,
    expected: ({ input }: Performed<RegisterInput>) => input.expected,
  }),
];

function writtenOnce({ operations, log }: RegisterHistory): Finding | undefined {
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
      return problem(`was reported failed (${outcome.error.message}), but is in the log`);
    }
    if (outcome?.kind !== 'ok' || name === 'read') continue;
    const wrote = name === 'write' || outcome.output.swapped;
    if (wrote && written[0] === undefined) return problem('was reported ok, but is not in the log');
    if (!wrote && written[0] !== undefined) {
      return problem('was refused because another value was there, but is in the log');
    }
    if (wrote && outcome.revision !== written[0]) {
      return problem(`was reported ok at revision ${outcome.revision}, but is in the log at ${written[0]}`);
    }
  }
  return undefined;
}
