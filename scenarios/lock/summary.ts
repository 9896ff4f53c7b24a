/** The summary of a run of locks, in a few lines. */
import type { SummaryLine } from '../../sim/scenario/scenario.js';
import type { LockHistory } from './plan.js';

export function summarizeLocks({ operations }: LockHistory): SummaryLine[] {
  const locks = operations.filter(({ name }) => name === 'lock');
  const count = (label: string, list: readonly unknown[]) => ({ label, value: String(list.length) });
  const got = locks.filter(({ outcome }) => outcome?.kind === 'ok' && outcome.output !== null);
  return [
    count('locks acquired', got),
    count(
      'not free',
      locks.filter(({ outcome }) => outcome?.kind === 'ok' && outcome.output === null),
    ),
    count(
      'given up or failed',
      locks.filter(({ outcome }) => outcome?.kind === 'failed'),
    ),
    count(
      'indefinite',
      locks.filter(({ outcome }) => (outcome?.kind ?? 'indefinite') === 'indefinite'),
    ),
    count(
      'lost while held',
      operations.filter(({ name, input }) => name === 'unlock' && input.lost),
    ),
  ];
}
