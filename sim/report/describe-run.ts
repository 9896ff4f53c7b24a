/** Operations, revisions and the parameters of a run in words, for text output. */
import { describeStrategy } from '../plan/strategy-spec.js';
import type { LogEntry, Operation } from '../history/history.js';
import { singleLine } from '../input/parsed.js';
import type { RunResult } from '../run/run-result.js';
import { DEFAULT_ETCD_VERSION } from '../etcd/version.js';
import { cut } from './layout.js';
import { formatCount, formatDuration, formatNoun, formatTime } from './quantities.js';

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

/** The same in rows, complete: what repeats the run on paper. */
export function describeParameterRows(result: RunResult): { label: string; value: string }[] {
  const { plan, backend } = result;
  const { oneWayDelayMinUs, oneWayDelayMaxUs } = plan.network;
  const row = (label: string, value: string | number) => ({ label, value: String(value) });
  const operations = plan.nodes.reduce((sum, node) => sum + node.operations.length, 0);
  return [
    row('seed', plan.seed),
    ...(plan.runtimeSeed === undefined ? [] : [row('runtime seed', plan.runtimeSeed)]),
    ...Object.entries(plan.options).map(([name, value]) => row(name, value)),
    row('nodes', formatCount(plan.nodes.length)),
    row('planned operations', formatCount(operations)),
    row('faults', formatCount(plan.faults.length)),
    row('members', plan.members.join(', ')),
    // A real etcd of the default version may be an installed or a given one, of any version.
    ...(backend === 'simulated' || plan.etcdVersion !== DEFAULT_ETCD_VERSION
      ? [row('etcd', plan.etcdVersion)]
      : []),
    ...(backend === 'simulated'
      ? [
          row(
            'one-way delay',
            `${formatDuration(oneWayDelayMinUs / 1000)} to ${formatDuration(oneWayDelayMaxUs / 1000)}`,
          ),
          row('strategy', plan.strategy === undefined ? 'by time' : describeStrategy(plan.strategy)),
        ]
      : []),
    ...(plan.rerolls ?? []).map(({ afterEvents, seed }) =>
      row('other seed', `${seed} after event ${formatCount(afterEvents)}`),
    ),
    ...Object.entries(plan.draws ?? {}).map(([name, value]) => row(`draw ${name}`, describeValue(value))),
  ];
}

function describeValue(value: Operation['input']): string {
  return cut(JSON.stringify(value), VALUE_LENGTH_MAX);
}
