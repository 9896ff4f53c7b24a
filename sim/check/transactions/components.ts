/**
 * Strongly connected components of the edges of some kinds: Tarjan, "Depth-first search and linear graph algorithms"
 * (1972), without recursion. Invariant: two nodes have the same number iff each can be reached from the other.
 */
import type { DependencyGraph } from './graph.js';

export interface Components {
  /** The number of each node's component. */
  readonly of: Int32Array;
  /** Whether any component has more than one node, that is, whether there is a cycle. */
  readonly cyclic: boolean;
}

/** @param kinds the edges that count, as bits */
export function componentsOf(
  { nodes, firstEdge, targets, kinds }: DependencyGraph,
  wanted: number,
): Components {
  const component = new Int32Array(nodes).fill(-1);
  const order = new Int32Array(nodes).fill(-1);
  const lowest = new Int32Array(nodes);
  const nextEdge = firstEdge.slice(0, nodes);
  const path = new Int32Array(nodes);
  const open = new Int32Array(nodes);
  const at = (list: Int32Array, index: number) => list[index] ?? 0;
  let visited = 0;
  let components = 0;
  let opened = 0;
  for (let root = 0; root < nodes; root++) {
    if (at(order, root) >= 0) continue;
    let depth = 0;
    path[0] = root;
    order[root] = lowest[root] = visited++;
    open[opened++] = root;
    while (depth >= 0) {
      const node = at(path, depth);
      const edge = at(nextEdge, node);
      if (edge < at(firstEdge, node + 1)) {
        nextEdge[node] = edge + 1;
        if (((kinds[edge] ?? 0) & wanted) === 0) continue;
        const target = at(targets, edge);
        if (at(order, target) < 0) {
          order[target] = lowest[target] = visited++;
          open[opened++] = target;
          path[++depth] = target;
        } else if (at(component, target) < 0 && at(order, target) < at(lowest, node)) {
          lowest[node] = at(order, target);
        }
        continue;
      }
      if (at(lowest, node) === at(order, node)) {
        for (;;) {
          const member = at(open, --opened);
          component[member] = components;
          if (member === node) break;
        }
        components += 1;
      }
      depth -= 1;
      if (depth < 0) continue;
      const parent = at(path, depth);
      if (at(lowest, node) < at(lowest, parent)) lowest[parent] = at(lowest, node);
    }
  }
  return { of: component, cyclic: components < nodes };
}
