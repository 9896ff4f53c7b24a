/**
 * What a waiter has come to know of keys, from the calls of its operation or, where that is not known, of its node.
 * Invariant: it knows what has arrived at its node, and nothing else.
 */
import { beginningOf, isWithin, type Call, type KeyRead, type Look, type Watched } from '../history/calls.js';

export interface Knowledge {
  /** Whether it has been told of the key as it was at the revision, or later. */
  knows(key: string, revision: number): boolean;
  /** Whether it had looked at the key before the revision, or had asked to be told of what happens to it by then. */
  wants(key: string, revision: number): boolean;
}

export function knowledgeOf(
  waiter: { readonly node: string; readonly operation?: string },
  calls: readonly Call[],
): Knowledge {
  const reads: KeyRead[] = [];
  const looks: Look[] = [];
  const watches: Watched[] = [];
  const isItsOwn = (operation: string | undefined): boolean =>
    waiter.operation === undefined || operation === undefined || operation === waiter.operation;
  for (const call of calls) {
    if (call.node !== waiter.node) continue;
    const asked = call.watches.filter(({ operation }) => isItsOwn(operation));
    watches.push(...asked);
    if (asked.length > 0) {
      // A stream that others share tells each of them what it asked for.
      reads.push(...call.reads.filter(({ key }) => asked.some((watched) => isWithin(watched, key))));
    } else if (call.watches.length === 0 && isItsOwn(call.operation)) {
      reads.push(...call.reads);
      looks.push(...call.looks);
    }
  }
  return {
    knows: (key, revision) =>
      reads.some((read) => read.key === key && read.revision >= revision) ||
      looks.some((look) => look.complete && look.revision >= revision && isWithin(look, key)),
    wants: (key, revision) =>
      reads.some((read) => read.key === key && read.revision < revision) ||
      looks.some((look) => look.complete && look.revision < revision && isWithin(look, key)) ||
      watches.some((watched) => (beginningOf(watched) ?? Infinity) <= revision && isWithin(watched, key)),
  };
}
