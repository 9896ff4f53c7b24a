/** Operations, revisions and the parameters of a run in words, for text output. */
import { describeStrategy } from '../plan/strategy-spec.js';
import type { LogEntry, Operation } from '../history/history.js';
import { singleLine } from '../input/parsed.js';
import type { RunResult } from '../run/run-result.js';
import { DEFAULT_ETCD_VERSION } from '../etcd/version.js';
import { cut } from './layout.js';
import { formatDuration, formatNoun, formatTime } from './quantities.js';

const VALUE_LENGTH_MAX = 120;
const ERROR_LENGTH_MAX = 240;

/** How an operation ended, in one word. */
export type Ending = 'ok' | 'failed' | 'indefinite' | 'pending';

export const endings: readonly Ending[] = ['ok', 'failed', 'indefinite', 'pending'];

export function endingOf(operation: Operation): Ending {
  return operation.outcome?.kind ?? 'pending';
}

/** `n3 transfer n3-17 {"from":"acc1"}`. */
export function describeOperation(operation: Operation): string {
  const { node, name, id, input } = operation;
  return singleLine(`${node} ${name} ${id}${input === null ? '' : ` ${describeValue(input)}`}`);
}

/** `412.318 ms to 498.122 ms: ok at revision 240, gave {"moved":12}`. */
export function describeEnding(operation: Operation): string {
  const { invoke, outcome } = operation;
  const from = formatTime(invoke.timeUs);
  if (operation.return === undefined || outcome === undefined) return `began at ${from} and never returned`;
  const window = `${from} to ${formatTime(operation.return.timeUs)}`;
  if (outcome.kind !== 'ok') {
    const { name, message } = outcome.error;
    return `${window}: ${outcome.kind}, ${cut(singleLine(`${name}: ${message}`), ERROR_LENGTH_MAX)}`;
  }
  const at = outcome.revision === undefined ? '' : ` at revision ${outcome.revision}`;
  const gave = outcome.output === null ? '' : `, gave ${describeValue(outcome.output)}`;
  return `${window}: ok${at}${gave}`;
}

/** `revision 240: acc1 = 50, acc2 deleted`. */
export function describeRevision(revision: number, log: readonly LogEntry[]): string {
  const entry = log.find((candidate) => candidate.revision === revision);
  if (entry === undefined) return `revision ${revision}: not in the log`;
  const changes = entry.events.map(({ type, key, value }) =>
    type === 'delete' ? `${key} deleted` : `${key} = ${cut(value, VALUE_LENGTH_MAX)}`,
  );
  return singleLine(`revision ${revision}: ${changes.join(', ')}`);
}

/** Everything that was drawn or chosen before the run: options, members, delays. */
export function describeParameters({ plan, backend }: RunResult): string {
  const options = Object.entries(plan.options).map(([name, value]) => `${name} ${value}`);
  const { oneWayDelayMinUs, oneWayDelayMaxUs } = plan.network;
  const delay = `${formatDuration(oneWayDelayMinUs / 1000)} to ${formatDuration(oneWayDelayMaxUs / 1000)}`;
  const parts = [
    ...options,
    formatNoun(plan.nodes.length, 'node'),
    formatNoun(plan.members.length, 'member'),
    // A real etcd of the default version may be an installed or a given one, of any version.
    ...(backend === 'simulated' || plan.etcdVersion !== DEFAULT_ETCD_VERSION
      ? [`etcd ${plan.etcdVersion}`]
      : []),
    ...(backend === 'simulated' ? [`one-way delay ${delay}`] : []),
    ...(plan.strategy === undefined ? [] : [`strategy ${describeStrategy(plan.strategy)}`]),
  ];
  return singleLine(parts.join(', '));
}

function describeValue(value: Operation['input']): string {
  return cut(JSON.stringify(value), VALUE_LENGTH_MAX);
}
