/**
 * What a waiter knows about keys, from the calls of its operation or, if that is unknown, of its node.
 * Invariant: it knows exactly what has arrived at its node.
 */
import { beginningOf, isWithin, type Call, type KeyRead, type Look, type Watched } from '../history/calls.js';

export interface Knowledge {
  /** Whether it has received that change, or has read the key since. */
  knows(key: string, revision: number): boolean;
  /** Whether it had read the key before the revision, or was already watching it. */
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
    // On a shared stream, each watcher receives what it requested.
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
