/** Kinds of fault by a pattern: `node-crash` is one kind, `clock-*` is every kind with that prefix. */
import type { Fault } from './index.js';

/** A kind of fault, or a prefix and a star. */
export type FaultPattern = Fault['kind'] | `${string}*`;

/** Whether the pattern names the kind. */
export function matchesKind(pattern: string, kind: Fault['kind']): boolean {
  return pattern.endsWith('*') ? kind.startsWith(pattern.slice(0, -1)) : kind === pattern;
}
