/** Operations and etcd's log as columns. Invariant: the page reads back what was written, apart from cut texts. */
import type { LogEntry, Operation } from '../../history/history.js';
import type { Json } from '../../input/json.js';
import { packColumn } from './pack-columns.js';
import type { PackedLog, PackedOperations } from './page-data.js';
import type { Scissors } from './scissors.js';

const OUTCOMES = ['none', 'ok', 'failed', 'indefinite'];

export function packOperations(operations: readonly Operation[], scissors: Scissors): PackedOperations {
  const names = new Map<string, number>();
  const nodes = new Map<string, number>();
  const column = (of: (operation: Operation) => number) => packColumn(operations.map(of));
  return {
    node: column(({ node }) => numberOf(nodes, node)),
    name: column(({ name }) => numberOf(names, name)),
    nodes: [...nodes.keys()],
    names: [...names.keys()],
    id: operations.map(({ id }) => id),
    input: operations.map(({ input }) => scissors.json(input)),
    invokeSequence: column(({ invoke }) => invoke.sequence),
    invokeUs: column(({ invoke }) => invoke.timeUs),
    tookUs: column(({ invoke, return: end }) => (end === undefined ? -1 : end.timeUs - invoke.timeUs)),
    returnSequence: column(({ return: end }) => end?.sequence ?? -1),
    outcome: column(({ outcome }) => OUTCOMES.indexOf(outcome?.kind ?? 'none')),
    revision: column(({ outcome }) => (outcome?.kind === 'ok' ? (outcome.revision ?? -1) : -1)),
    result: operations.map((operation) => resultOf(operation, scissors)),
  };
}

function resultOf({ outcome }: Operation, scissors: Scissors): Json {
  if (outcome === undefined) return null;
  if (outcome.kind === 'ok') return scissors.json(outcome.output);
  const { name, message } = outcome.error;
  return scissors.json({ name, message });
}

export function packLog(log: readonly LogEntry[], scissors: Scissors): PackedLog {
  const keys = new Map<string, number>();
  const changes = log.flatMap(({ revision, events }) => events.map((event) => ({ ...event, revision })));
  const column = (of: (change: (typeof changes)[number]) => number) => packColumn(changes.map(of));
  return {
    revision: column(({ revision }) => revision),
    isDelete: column(({ type }) => (type === 'delete' ? 1 : 0)),
    key: column(({ key }) => numberOf(keys, key)),
    keys: [...keys.keys()].map((key) => scissors.text(key)),
    value: changes.map(({ value }) => scissors.text(value)),
    age: column(({ revision, createRevision }) => revision - createRevision),
    version: column(({ version }) => version),
  };
}

function numberOf(names: Map<string, number>, name: string): number {
  const known = names.get(name);
  if (known !== undefined) return known;
  names.set(name, names.size);
  return names.size - 1;
}
