/** Graphs of transactions, written by hand, an edge a line. */
import { REAL_TIME, RW, WR, WW, type DependencyGraph } from '../../sim/check/transactions/graph.js';
import type {
  TransactionRead,
  TransactionRecord,
  TransactionWrite,
} from '../../sim/check/transactions/transaction.js';
import type { Committed, KeyVersions } from '../../sim/check/transactions/versions.js';

export const kinds = { ww: WW, wr: WR, rw: RW, time: REAL_TIME } as const;

/** From, to, the kind, and the key if it has one. */
export type Edge = readonly [number, number, keyof typeof kinds, string?];

/** @param transactions nodes from there on belong to the chain of returns */
export function graphOf(edges: readonly Edge[], nodes: number, transactions = nodes): DependencyGraph {
  const sorted = edges.toSorted(([a], [b]) => a - b);
  const keys = [...new Set(sorted.flatMap(([, , , key]) => key ?? []))];
  const firstEdge = Int32Array.from({ length: nodes + 1 }, (_, node) => {
    const first = sorted.findIndex(([from]) => from >= node);
    return first === -1 ? sorted.length : first;
  });
  return {
    ...{ nodes, transactions, firstEdge, keys },
    targets: Int32Array.from(sorted, ([, to]) => to),
    kinds: Uint8Array.from(sorted, ([, , kind]) => kinds[kind]),
    edgeKeys: Int32Array.from(sorted, ([, , , key]) => (key === undefined ? -1 : keys.indexOf(key))),
  };
}

/** Every edge in one text, such as `0 ww a 1`; those of real time have no key. */
export function edgesIn({ nodes, firstEdge, targets, ...graph }: DependencyGraph): string[] {
  const nameOf = (bits: number) => Object.entries(kinds).find(([, bit]) => bit === bits)?.[0] ?? `${bits}`;
  return Array.from({ length: nodes }, (_, source) => {
    const places = Array.from(targets.keys()).slice(firstEdge[source], firstEdge[source + 1]);
    return places.map((edge) => {
      const key = graph.keys[graph.edgeKeys[edge] ?? -1];
      const between = [nameOf(graph.kinds[edge] ?? 0), ...(key === undefined ? [] : [key])].join(' ');
      return `${source} ${between} ${targets[edge]}`;
    });
  }).flat();
}

interface Told {
  readonly at?: number;
  /** Its invocation and its return; without one it was not answered. */
  readonly time?: readonly [number, number?];
  readonly writes?: readonly TransactionWrite[];
  readonly reads?: readonly TransactionRead[];
}

export function recordOf(id: string, { at, time, writes = [], reads = [] }: Told = {}): TransactionRecord {
  const [invoke, returned] = time ?? [0];
  return { id, outcome: 'ok', invoke, return: returned, revision: at, reads, writes };
}

/** A transaction that happened; without times it is concurrent with all others. */
export function committed(id: string, told: Told = {}): Committed {
  const record = recordOf(id, told);
  return { record, revision: told.at, return: record.return ?? Infinity };
}

/** The versions of a key: each is a revision and the place of its writer. */
export function versionsOf(key: string, ...versions: readonly (readonly [number, number])[]): KeyVersions {
  return {
    key,
    revisions: versions.map(([revision]) => revision),
    writers: versions.map(([, writer]) => writer),
    writes: versions.map(() => ({ key, kind: 'put' })),
  };
}
