/**
 * Which planned operation an operation of the history belongs to. One planned operation may have several
 * parts or attempts. Their ids are the planned id, a dot and more (`u1-3.lock`, `p1-1.2`), as the docstring
 * of `perform` requires.
 */
import type { Plan } from './plan.js';

export function plannedIdsOf({ nodes }: Pick<Plan, 'nodes'>): ReadonlySet<string> {
  return new Set(nodes.flatMap(({ operations }) => operations.map(({ id }) => id)));
}

/** Undefined if it belongs to no planned operation. */
export function plannedIdOf(id: string, planned: ReadonlySet<string>): string | undefined {
  for (let own = id; own !== ''; own = own.slice(0, Math.max(0, own.lastIndexOf('.')))) {
    if (planned.has(own)) return own;
  }
  return undefined;
}
