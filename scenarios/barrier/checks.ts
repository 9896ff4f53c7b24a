/** The rules of every barrier: over etcd's log and over its nodes' results. */
import type { Check, Finding } from '../../sim/check/check.js';
import { checks } from '../../sim/check/ready/index.js';
import type { BarrierHistory } from './plan.js';

export const barrierChecks: readonly Check<BarrierHistory>[] = [
  checks.barrier({
    name: 'nobody-passes-early',
    ...{ wait: 'wait', release: 'release', hold: 'hold' },
  }),
  rule('ok-exactly-once', 'Every ok hold and release is in the log, at the reported revision.', inTheLog),
  rule('failed-never', 'Every hold in the log comes from a call that did not fail.', failedNever),
];

function rule(
  name: string,
  description: string,
  judge: (history: BarrierHistory) => Finding | undefined,
): Check<BarrierHistory> {
  return { name, description, check: (history) => judge(history) ?? { verdict: 'satisfied' } };
}

function inTheLog({ log, operations }: BarrierHistory): Finding | undefined {
  const entries = new Map(log.map((entry) => [entry.revision, entry.events]));
  for (const { id, name, input, outcome } of operations) {
    if (outcome?.kind !== 'ok' || outcome.revision === undefined) continue;
    const type = name === 'hold' ? 'put' : outcome.output?.released === true ? 'delete' : undefined;
    if (type === undefined) continue;
    const { barrier } = input;
    const events = entries.get(outcome.revision) ?? [];
    if (events.some((event) => event.key === barrier && event.type === type)) continue;
    return {
      verdict: 'violated',
      message: `${id} was reported ok at revision ${outcome.revision}, but the log has no ${type} of ${barrier} there`,
      operations: [id],
      revisions: [outcome.revision],
    };
  }
  return undefined;
}

/** Counts: a barrier may have as many holds in the log as did not fail. */
function failedNever({ log, operations }: BarrierHistory): Finding | undefined {
  const holds = operations.filter(({ name }) => name === 'hold');
  for (const barrier of new Set(holds.map(({ input }) => input.barrier))) {
    const puts = log.filter(({ events }) =>
      events.some(({ key, type }) => key === barrier && type === 'put'),
    );
    const asked = holds.filter(
      (hold) => hold.input.barrier === barrier && (hold.outcome?.kind ?? 'indefinite') !== 'failed',
    );
    if (puts.length <= asked.length) continue;
    const failed = holds.filter((hold) => hold.input.barrier === barrier && hold.outcome?.kind === 'failed');
    return {
      verdict: 'violated',
      message: `${barrier} was held ${puts.length} times, but only ${asked.length} calls can have done it`,
      operations: failed.slice(0, 4).map(({ id }) => id),
      revisions: puts.slice(0, 4).map(({ revision }) => revision),
    };
  }
  return undefined;
}
