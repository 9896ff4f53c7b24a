/** The rules of every barrier: over etcd's log and over its nodes' results. */
import type { Check, Finding } from '../../sim/check/check.js';
import { checks } from '../../sim/check/ready/index.js';
import type { History, Operation } from '../../sim/history/history.js';

export const barrierChecks: readonly Check[] = [
  checks.barrier({
    name: 'nobody-passes-early',
    ...{ wait: 'wait', release: 'release', hold: 'hold' },
  }),
  rule('ok-exactly-once', 'Every ok hold and release is in the log, at the reported revision.', inTheLog),
  rule('failed-never', 'Every hold in the log comes from a call that did not fail.', failedNever),
];

function rule(name: string, description: string, judge: (history: History) => Finding | undefined): Check {
  return { name, description, check: (history) => judge(history) ?? { verdict: 'satisfied' } };
}

function inTheLog({ log, operations }: History): Finding | undefined {
  const entries = new Map(log.map((entry) => [entry.revision, entry.events]));
  for (const { id, name, input, outcome } of operations) {
    if (outcome?.kind !== 'ok' || outcome.revision === undefined) continue;
    const { released } = Object(outcome.output) as { readonly released?: boolean };
    const type = name === 'hold' ? 'put' : name === 'release' && released === true ? 'delete' : undefined;
    if (type === undefined) continue;
    const { barrier } = input as { readonly barrier: string };
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
function failedNever({ log, operations }: History): Finding | undefined {
  const holds = operations.filter(({ name }) => name === 'hold');
  for (const barrier of new Set(holds.map(barrierOf))) {
    const puts = log.filter(({ events }) =>
      events.some(({ key, type }) => key === barrier && type === 'put'),
    );
    const asked = holds.filter(
      (hold) => barrierOf(hold) === barrier && (hold.outcome?.kind ?? 'indefinite') !== 'failed',
    );
    if (puts.length <= asked.length) continue;
    const failed = holds.filter((hold) => barrierOf(hold) === barrier && hold.outcome?.kind === 'failed');
    return {
      verdict: 'violated',
      message: `${barrier} was held ${puts.length} times, but only ${asked.length} calls can have done it`,
      operations: failed.slice(0, 4).map(({ id }) => id),
      revisions: puts.slice(0, 4).map(({ revision }) => revision),
    };
  }
  return undefined;
}

function barrierOf({ input }: Operation): string {
  return (input as { readonly barrier: string }).barrier;
}
