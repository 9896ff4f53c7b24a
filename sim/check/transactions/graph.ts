/**
 * Which transaction must precede which, as a graph: next version of a key (ww), version and reader (wr),
 * reader and next version (rw), and real time. Real time goes through a chain of one node for each return,
 * with O(n) edges instead of O(n^2). Invariant: an order that explains the history exists iff the graph has
 * no cycle.
 */
import type { VersionRead } from './reads.js';
import type { Committed, KeyVersions } from './versions.js';

/** Kinds of edges, as bits. */
export const WW = 1;
export const WR = 2;
export const RW = 4;
export const REAL_TIME = 8;

/** Nodes below `transactions` are transactions, the others the chain of returns. Edges lie in order of their sources. */
export interface DependencyGraph {
  readonly transactions: number;
  readonly nodes: number;
  /** The edges of node n are those from `firstEdge[n]` to below `firstEdge[n + 1]`. */
  readonly firstEdge: Int32Array;
  readonly targets: Int32Array;
  readonly kinds: Uint8Array;
  /** For each edge its key, as a place in `keys`; -1 for real time. */
  readonly edgeKeys: Int32Array;
  readonly keys: readonly string[];
}

export function buildGraph(
  transactions: readonly Committed[],
  keys: ReadonlyMap<string, KeyVersions>,
  reads: readonly VersionRead[],
): DependencyGraph {
  const count = transactions.length;
  let versions = 0;
  for (const { writers } of keys.values()) versions += writers.length;
  const edges = new EdgeList(versions + 2 * reads.length + 3 * count);
  const places = new Map<KeyVersions, number>();
  for (const key of keys.values()) {
    const place = places.size;
    places.set(key, place);
    for (let version = 1; version < key.writers.length; version++) {
      edges.add(key.writers[version - 1], key.writers[version], WW, place);
    }
  }
  for (const { reader, versions: key, version } of reads) {
    const place = places.get(key) ?? -1;
    edges.add(key.writers[version], reader, WR, place);
    edges.add(reader, key.writers[version + 1], RW, place);
  }
  const nodes = addRealTime(transactions, edges);
  return {
    transactions: count,
    nodes,
    keys: [...places.keys()].map(({ key }) => key),
    ...edges.sorted(nodes),
  };
}

/** Each return leads to the next one, and the last one before an invocation to the invoked transaction. */
function addRealTime(transactions: readonly Committed[], edges: EdgeList): number {
  const returned = Uint32Array.from(transactions.keys())
    .filter((index) => (transactions[index]?.return ?? Infinity) < Infinity)
    .sort((a, b) => (transactions[a]?.return ?? 0) - (transactions[b]?.return ?? 0));
  const count = transactions.length;
  for (const [place, index] of returned.entries()) {
    edges.add(index, count + place, REAL_TIME, -1);
    if (place > 0) edges.add(count + place - 1, count + place, REAL_TIME, -1);
  }
  const invoked = Uint32Array.from(transactions.keys()).sort(
    (a, b) => (transactions[a]?.record.invoke ?? 0) - (transactions[b]?.record.invoke ?? 0),
  );
  let before = 0;
  for (const index of invoked) {
    const invoke = transactions[index]?.record.invoke ?? 0;
    while (before < returned.length && (transactions[returned[before] ?? 0]?.return ?? 0) < invoke)
      before += 1;
    if (before > 0) edges.add(count + before - 1, index, REAL_TIME, -1);
  }
  return count + returned.length;
}

class EdgeList {
  readonly #sources: Int32Array;
  readonly #targets: Int32Array;
  readonly #kinds: Uint8Array;
  readonly #keys: Int32Array;
  #count = 0;

  constructor(edgesMax: number) {
    this.#sources = new Int32Array(edgesMax);
    this.#targets = new Int32Array(edgesMax);
    this.#kinds = new Uint8Array(edgesMax);
    this.#keys = new Int32Array(edgesMax);
  }

  /** An edge without one of its ends, or from a node to itself, means nothing. */
  add(source: number | undefined, target: number | undefined, kind: number, key: number): void {
    if (source === undefined || target === undefined || source === target) return;
    this.#sources[this.#count] = source;
    this.#targets[this.#count] = target;
    this.#kinds[this.#count] = kind;
    this.#keys[this.#count] = key;
    this.#count += 1;
  }

  sorted(nodes: number): Pick<DependencyGraph, 'firstEdge' | 'targets' | 'kinds' | 'edgeKeys'> {
    const firstEdge = new Int32Array(nodes + 1);
    const at = (list: Int32Array, index: number) => list[index] ?? 0;
    for (let edge = 0; edge < this.#count; edge++) {
      const next = at(this.#sources, edge) + 1;
      firstEdge[next] = at(firstEdge, next) + 1;
    }
    for (let node = 0; node < nodes; node++)
      firstEdge[node + 1] = at(firstEdge, node + 1) + at(firstEdge, node);
    const free = firstEdge.slice();
    const targets = new Int32Array(this.#count);
    const kinds = new Uint8Array(this.#count);
    const edgeKeys = new Int32Array(this.#count);
    for (let edge = 0; edge < this.#count; edge++) {
      const source = at(this.#sources, edge);
      const place = at(free, source);
      free[source] = place + 1;
      targets[place] = at(this.#targets, edge);
      kinds[place] = this.#kinds[edge] ?? 0;
      edgeKeys[place] = at(this.#keys, edge);
    }
    return { firstEdge, targets, kinds, edgeKeys };
  }
}
