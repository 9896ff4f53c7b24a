/**
 * The shortest cycle of the most severe kind, in Adya's order: overwrites only, then reads, then one
 * anti-dependency, then several; each first without real time. Every cycle has an edge that goes back in the
 * order of revisions, so the search begins at those, the earliest first. Invariant: if there is a cycle, one
 * is found. It is the shortest if the search could afford to try all beginnings.
 */
import { componentsOf, type Components } from './components.js';
import { REAL_TIME, RW, WR, WW, type DependencyGraph } from './graph.js';

/** One step of a cycle, from one transaction to another. */
export interface Step {
  readonly from: number;
  readonly to: number;
  readonly kind: 'ww' | 'wr' | 'rw' | 'real-time';
  /** Empty for real time. */
  readonly key: string;
  /** For an anti-dependency: whether it concerns a key that a range did not contain; false if unknown. */
  readonly isOfRange?: boolean;
}

/** The kinds of edges in a cycle, and how many of them are anti-dependencies; two stand for more, too. */
interface Class {
  readonly kinds: number;
  readonly least: 0 | 1 | 2;
  readonly most: 0 | 1 | 2;
}

/** The most severe first. */
const CLASSES: readonly Class[] = [
  { kinds: WW, least: 0, most: 0 },
  { kinds: WW | WR, least: 0, most: 0 },
  { kinds: WW | WR | RW, least: 1, most: 1 },
  { kinds: WW | WR | RW, least: 2, most: 2 },
  { kinds: WW | REAL_TIME, least: 0, most: 0 },
  { kinds: WW | WR | REAL_TIME, least: 0, most: 0 },
  { kinds: WW | WR | RW | REAL_TIME, least: 1, most: 1 },
  { kinds: WW | WR | RW | REAL_TIME, least: 2, most: 2 },
];

const ANY: Class = { kinds: WW | WR | RW | REAL_TIME, least: 0, most: 2 };

/** How much the search for the shortest cycle of one class may try. */
export interface CycleLimits {
  readonly beginnings: number;
  readonly edgesVisited: number;
}

const LIMITS: CycleLimits = { beginnings: 256, edgesVisited: 4_000_000 };

/** @param positions of each transaction in the order of revisions; undefined if there is no cycle */
export function findCycle(
  graph: DependencyGraph,
  positions: Float64Array,
  limits = LIMITS,
): readonly Step[] | undefined {
  const all = componentsOf(graph, ANY.kinds);
  if (!all.cyclic) return undefined;
  const search = new CycleSearch(graph, positions);
  for (const one of CLASSES) {
    const found = search.shortest(componentsOf(graph, one.kinds), one, limits);
    if (found !== undefined) return found;
  }
  // The searches above may have stopped early; one beginning without a limit always ends in a cycle.
  return search.shortest(all, ANY, { beginnings: 1, edgesVisited: Infinity });
}

/** Places in the search: a node, and how many anti-dependencies led there: none, one, or more. */
const LAYERS = 3;

class CycleSearch {
  readonly #graph: DependencyGraph;
  readonly #back: readonly { readonly source: number; readonly edge: number }[];
  readonly #seenIn: Int32Array;
  readonly #cameBy: Int32Array;
  readonly #cameFrom: Int32Array;
  #round = 0;
  #visitsLeft = 0;

  constructor(graph: DependencyGraph, positions: Float64Array) {
    this.#graph = graph;
    this.#back = edgesBack(graph, positions);
    this.#seenIn = new Int32Array(graph.nodes * LAYERS);
    this.#cameBy = new Int32Array(graph.nodes * LAYERS);
    this.#cameFrom = new Int32Array(graph.nodes * LAYERS);
  }

  shortest(components: Components, wanted: Class, limits: CycleLimits): readonly Step[] | undefined {
    const { targets, kinds: edgeKinds } = this.#graph;
    let best: readonly Step[] | undefined;
    let beginnings = 0;
    this.#visitsLeft = limits.edgesVisited;
    for (const { source, edge } of this.#back) {
      const kind = edgeKinds[edge] ?? 0;
      const target = targets[edge] ?? 0;
      if ((kind & wanted.kinds) === 0 || components.of[source] !== components.of[target]) continue;
      if (++beginnings > limits.beginnings) break;
      const shorter = this.#from(source, edge, components, wanted, best?.length ?? Infinity);
      if (shorter !== undefined) best = shorter;
      // No cycle has fewer than two transactions.
      if (best?.length === 2) break;
    }
    return best;
  }

  /** The shortest path from the edge's end back to its beginning. A step into the chain costs nothing. */
  #from(
    source: number,
    first: number,
    components: Components,
    { kinds, least, most }: Class,
    below: number,
  ): readonly Step[] | undefined {
    const { firstEdge, targets, kinds: edgeKinds, transactions } = this.#graph;
    const start = (targets[first] ?? 0) * LAYERS + ((edgeKinds[first] ?? 0) === RW ? 1 : 0);
    this.#round += 1;
    this.#seenIn[start] = this.#round;
    this.#cameFrom[start] = -1;
    this.#cameBy[start] = first;
    let here = [start];
    for (let length = 1; here.length > 0 && length < below; length++) {
      const next: number[] = [];
      // Grows during the loop: free steps are visited in the same turn.
      for (let place = 0; place < here.length; place++) {
        const state = here[place] ?? 0;
        const node = Math.floor(state / LAYERS);
        const layer = state % LAYERS;
        if (node === source && layer >= least) return this.#stepsTo(state);
        const end = firstEdge[node + 1] ?? 0;
        for (let edge = firstEdge[node] ?? 0; edge < end; edge++) {
          const kind = edgeKinds[edge] ?? 0;
          const target = targets[edge] ?? 0;
          if ((kind & kinds) === 0 || components.of[target] !== components.of[source]) continue;
          const after = kind === RW ? Math.min(layer + 1, 2) : layer;
          const reached = target * LAYERS + after;
          if (after > most || this.#seenIn[reached] === this.#round) continue;
          this.#seenIn[reached] = this.#round;
          this.#cameFrom[reached] = state;
          this.#cameBy[reached] = edge;
          (target < transactions ? next : here).push(reached);
        }
        this.#visitsLeft -= end - (firstEdge[node] ?? 0);
      }
      if (this.#visitsLeft <= 0) return undefined;
      here = next;
    }
    return undefined;
  }

  #stepsTo(last: number): readonly Step[] {
    const edges: number[] = [];
    for (let state = last; state >= 0; state = this.#cameFrom[state] ?? -1)
      edges.push(this.#cameBy[state] ?? 0);
    return contracted(this.#graph, edges.reverse());
  }
}

/** The edges into transactions that do not go forward, the earliest source first. */
function edgesBack(
  { nodes, transactions, firstEdge, targets }: DependencyGraph,
  positions: Float64Array,
): readonly { readonly source: number; readonly edge: number }[] {
  const all = new Float64Array(nodes);
  all.set(positions);
  for (let node = transactions; node < nodes; node++) all[node] = -Infinity;
  const raise = (source: number) => {
    for (let edge = firstEdge[source] ?? 0; edge < (firstEdge[source + 1] ?? 0); edge++) {
      const target = targets[edge] ?? 0;
      if (target >= transactions) all[target] = Math.max(all[target] ?? 0, all[source] ?? 0);
    }
  };
  // The chain's nodes are numbered as they follow one another.
  for (let node = 0; node < nodes; node++) raise(node);
  const back: { source: number; edge: number }[] = [];
  for (let source = 0; source < nodes; source++) {
    for (let edge = firstEdge[source] ?? 0; edge < (firstEdge[source + 1] ?? 0); edge++) {
      const target = targets[edge] ?? 0;
      if (target < transactions && (all[source] ?? 0) >= (all[target] ?? 0)) back.push({ source, edge });
    }
  }
  return back.sort((a, b) => (all[a.source] ?? 0) - (all[b.source] ?? 0));
}

const NAMES: Readonly<Record<number, Step['kind']>> = { [WW]: 'ww', [WR]: 'wr', [RW]: 'rw' };

/** Steps between transactions: the chain, and successive overwrites of one key, are one step each. */
function contracted(graph: DependencyGraph, edges: readonly number[]): readonly Step[] {
  const { targets, kinds, edgeKeys, keys } = graph;
  const steps: Step[] = [];
  let from = targets[edges.at(-1) ?? 0] ?? 0;
  for (const edge of edges) {
    const kind = NAMES[kinds[edge] ?? 0] ?? 'real-time';
    const step = { from, to: targets[edge] ?? 0, kind, key: keys[edgeKeys[edge] ?? -1] ?? '' };
    const last = steps.at(-1);
    if (last !== undefined && areOne(last, step)) steps[steps.length - 1] = { ...last, to: step.to };
    else steps.push(step);
    from = step.to;
  }
  // If the circle was cut inside a step, the first and the last step are one.
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined || !areOne(last, first)) return steps;
  return [...steps.slice(1, -1), { ...last, to: first.to }];
}

function areOne(step: Step, next: Step): boolean {
  const isOneKind = step.kind === next.kind && (step.kind === 'ww' || step.kind === 'real-time');
  return isOneKind && step.key === next.key;
}
