/** Turns packed columns into operations, log entries and tables. Pure. */
import type { LogEntry, LogEvent, Operation, Outcome } from '../../../sim/history/history.js';
import type { Recording } from '../../../sim/history/recording.js';
import type { Json } from '../../../sim/input/json.js';
import type {
  PackedColumn,
  PackedLog,
  PackedOperations,
  PackedRecording,
  PageRun,
} from '../../../sim/report/page/page-data.js';
import type { RecordedRun } from '../../../sim/moment/recorded-run.js';

/** A run as the page uses it. */
export interface ShownRun extends RecordedRun {
  readonly page: PageRun;
}

export function unpackRun(page: PageRun): ShownRun {
  const result = {
    ...page.result,
    operations: unpackOperations(page.operations),
    log: unpackLog(page.log),
    incidents: page.incidents,
  };
  const recording = page.recording === undefined ? undefined : unpackRecording(page.recording);
  return { result, recording, page };
}

export function unpackColumn(packed: PackedColumn): number[] {
  const values = packed.slice(1);
  if (packed[0] === 0) return values;
  for (let at = 1; at < values.length; at++) values[at] = (values[at] ?? 0) + (values[at - 1] ?? 0);
  return values;
}

export function unpackOperations(packed: PackedOperations): Operation[] {
  const { id, input, result, names, nodes } = packed;
  const [node, name, invokeSequence, invokeUs, tookUs, returnSequence, outcome, revision] = [
    ...[packed.node, packed.name, packed.invokeSequence, packed.invokeUs],
    ...[packed.tookUs, packed.returnSequence, packed.outcome, packed.revision],
  ].map(unpackColumn) as [number[], number[], number[], number[], number[], number[], number[], number[]];
  return id.map((own, at) => {
    const startUs = invokeUs[at] ?? 0;
    const took = tookUs[at] ?? -1;
    const end = outcomeOf(outcome[at] ?? 0, result[at] ?? null, revision[at] ?? -1);
    return {
      id: own,
      node: nodes[node[at] ?? 0] ?? '',
      name: names[name[at] ?? 0] ?? '',
      input: input[at] ?? null,
      invoke: { sequence: invokeSequence[at] ?? 0, timeUs: startUs },
      ...(took === -1 ? {} : { return: { sequence: returnSequence[at] ?? 0, timeUs: startUs + took } }),
      ...(end === undefined ? {} : { outcome: end }),
    };
  });
}

function outcomeOf(kind: number, result: Json, revision: number): Outcome | undefined {
  if (kind === 0) return undefined;
  if (kind === 1) return { kind: 'ok', output: result, ...(revision === -1 ? {} : { revision }) };
  return {
    kind: kind === 2 ? 'failed' : 'indefinite',
    error: result as unknown as { name: string; message: string },
  };
}

export function unpackLog(packed: PackedLog): LogEntry[] {
  const [revisions, isDelete, keys, ages, versions] = [
    ...[packed.revision, packed.isDelete, packed.key, packed.age, packed.version],
  ].map(unpackColumn) as [number[], number[], number[], number[], number[]];
  const log: { readonly revision: number; readonly events: LogEvent[] }[] = [];
  revisions.forEach((revision, at) => {
    const event: LogEvent = {
      type: isDelete[at] === 1 ? 'delete' : 'put',
      key: packed.keys[keys[at] ?? 0] ?? '',
      value: packed.value[at] ?? '',
      createRevision: revision - (ages[at] ?? 0),
      version: versions[at] ?? 0,
    };
    const last = log.at(-1);
    if (last?.revision === revision) last.events.push(event);
    else log.push({ revision, events: [event] });
  });
  return log;
}

export function unpackRecording(packed: PackedRecording): Recording {
  const { tookUs, ...started } = packed.calls;
  const calls = unpackTable(started);
  const took = unpackColumn(tookUs);
  return {
    ...packed,
    calls: { ...calls, endUs: took.map((us, at) => (us === -1 ? -1 : (calls.startUs[at] ?? 0) + us)) },
    messages: unpackTable(packed.messages),
    moments: unpackTable(packed.moments),
    commits: unpackTable(packed.commits),
    attachments: unpackTable(packed.attachments),
    leases: unpackTable(packed.leases),
    members: unpackTable(packed.members),
    events: unpackTable(packed.events),
  };
}

function unpackTable<T extends object>(table: T): T {
  return Object.fromEntries(
    Object.entries(table).map(([name, column]) => [
      name,
      isColumn(column) ? unpackColumn(column) : (column as unknown),
    ]),
  ) as T;
}

function isColumn(values: unknown): values is PackedColumn {
  return Array.isArray(values) && typeof values[0] === 'number';
}
