/**
 * Nodes that watch a key and never learned of a change of it: it came before the watch began, or did not arrive.
 * Invariant: a node that read the key at that revision or later, in any way, has missed nothing.
 */
import { beginningOf, isWithin, type Call, type Watched } from '../../history/calls.js';
import { OBSERVER } from '../../scenario/expect-nodes.js';

/** One change of one key. */
export interface KeyAt {
  readonly key: string;
  readonly revision: number;
}

export interface Missed {
  readonly change: KeyAt;
  /** The last watch of the key that the node requested, and its stream. */
  readonly call: Call;
  readonly watched: Watched;
  /** The last call before the watch that read the key, if there was one. */
  readonly read?: Call;
}

/** At most one for each node, for the first of the changes that it missed. */
export function missedChanges(calls: readonly Call[], changes: readonly KeyAt[]): Missed[] {
  const streams = calls.filter(({ node, watches }) => node !== OBSERVER && watches.length > 0);
  return [...new Set(streams.map(({ node }) => node))].flatMap((node) => {
    const own = calls.filter((call) => call.node === node);
    const all = changes.flatMap((change) => missedBy(own, change) ?? []);
    return all.slice(0, 1);
  });
}

/** @param own the calls of one node */
function missedBy(own: readonly Call[], change: KeyAt): Missed | undefined {
  if (own.some((call) => knows(call, change))) return undefined;
  const watches = own.flatMap((call) => call.watches.map((watched) => ({ call, watched })));
  const last = watches.filter(({ watched }) => isWithin(watched, change.key)).at(-1);
  if (last === undefined || !mayMiss(last.watched, change)) return undefined;
  const before = own.filter(({ sent }) => sent.order < last.watched.asked.order);
  const read = before.findLast(({ looks }) => looks.some((look) => isWithin(look, change.key)));
  return { change, ...last, ...(read === undefined ? {} : { read }) };
}

/** A watch that its node left may have ended before the change; one that began after the change has missed it. */
function mayMiss(watched: Watched, { revision }: KeyAt): boolean {
  return watched.state !== 'left' || (beginningOf(watched) ?? 0) > revision;
}

function knows({ wrote, reads, looks }: Call, { key, revision }: KeyAt): boolean {
  return (
    wrote?.revision === revision ||
    reads.some((read) => read.key === key && read.revision >= revision) ||
    looks.some((look) => look.revision >= revision && isWithin(look, key))
  );
}
