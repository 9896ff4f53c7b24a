/**
 * What a waiter has come to know of keys, from the calls of its operation or, where that is not known, of its node.
 * Invariant: it knows what has arrived at its node, and nothing else.
 */
import { beginningOf, isWithin, type Call, type KeyRead, type Look, type Watched } from '../history/calls.js';

export interface Knowledge {
  /** Whether it has been told of that change, or has looked at the key since. */
  knows(key: string, revision: number): boolean;
  /** Whether it had looked at the key before the revision, or had asked to be told of what happens to it by then. */
  wants(key: string, revision: number): boolean;
}

export function knowledgeOf(
  waiter: { readonly node: string; readonly operation?: string },
  calls: readonly Call[],
): Knowledge {
  const events: KeyRead[] = [];
  const reads: KeyRead[] = [];
  const looks: Look[] = [];
  const watches: Watched[] = [];
  const isItsOwn = (operation: string | undefined): boolean =>
    waiter.operation === undefined || operation === undefined || operation === waiter.operation;
  for (const call of calls) {
    if (call.node !== waiter.node) continue;
    const asked = call.watches.filter(({ operation }) => isItsOwn(operation));
    // A stream that others share tells each of them what it asked for.
    events.push(...call.reads.filter(({ key }) => asked.some((watched) => isWithin(watched, key))));
    watches.push(...asked.filter(({ state }) => state !== 'left'));
    if (call.watches.length > 0 || !isItsOwn(call.operation)) continue;
    reads.push(...call.reads);
    looks.push(...call.looks);
  }
  const told = new Set(events.map(({ key, revision }) => `${revision} ${key}`));
  const covers = (look: Look, key: string): boolean => look.complete && isWithin(look, key);
  return {
    knows: (key, revision) =>
      told.has(`${revision} ${key}`) ||
      reads.some((read) => read.key === key && read.revision >= revision) ||
      looks.some((look) => look.revision >= revision && covers(look, key)),
    wants: (key, revision) =>
      reads.some((read) => read.key === key && read.revision < revision) ||
      looks.some((look) => look.revision < revision && covers(look, key)) ||
      watches.some((watched) => (beginningOf(watched) ?? Infinity) <= revision && isWithin(watched, key)),
  };
}
