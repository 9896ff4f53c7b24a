/**
 * Blocks of one register by zones (Gibbons and Korach 1997): a block's zone extends from the first return to
 * the last invocation of its operations. If the return comes first, the block must have existed all the time
 * between them; otherwise at some time in between. Invariant: there is an order iff every block has one by
 * itself, no two blocks must have existed at the same time, and none only while another one must have.
 */
import type { Finding } from '../check.js';
import { changesBetween, type Block } from './blocks.js';
import type { RegisterOperation, ResolvedOperation } from './operations.js';

interface Zone {
  readonly block: Block;
  /** The operation that returned first, and when: the initial block has always existed. */
  readonly first: RegisterOperation | undefined;
  readonly firstPlace: number;
  readonly firstReturn: number;
  /** The operation that began last, and when. */
  readonly last: ResolvedOperation | undefined;
  readonly lastPlace: number;
  readonly lastInvoke: number;
}

/** A conflict between two blocks, with the operations that show it; the one that shows first. */
export function findZoneConflict(blocks: readonly Block[]): Finding | undefined {
  const zones = blocks.map(zoneOf);
  const forward = zones.filter((zone) => zone.firstReturn < zone.lastInvoke);
  const backward = zones.filter((zone) => !(zone.firstReturn < zone.lastInvoke));
  forward.sort((a, b) => order(a.firstReturn, b.firstReturn));
  backward.sort((a, b) => order(a.lastInvoke, b.lastInvoke));

  let found: { readonly zones: readonly [Zone, Zone]; readonly at: number } | undefined;
  const consider = (one: Zone, other: Zone, at: number) => {
    if (found === undefined || at < found.at) found = { zones: [one, other], at };
  };
  /** Of the blocks whose zones began earlier, the one that must have existed longest. */
  let longest: Zone | undefined;
  let next = 0;
  const passBackward = (until: number) => {
    for (; next < backward.length; next++) {
      const zone = backward[next];
      if (zone === undefined || !(zone.lastInvoke <= until)) return;
      // The whole of a backward zone, from its last invocation to its first return, lies in the other one.
      if (longest === undefined || !(longest.firstReturn < zone.lastInvoke)) continue;
      if (zone.firstReturn < longest.lastInvoke) consider(longest, zone, zone.firstReturn);
    }
  };
  for (const zone of forward) {
    passBackward(zone.firstReturn);
    if (longest !== undefined && zone.firstReturn < longest.lastInvoke) {
      consider(longest, zone, Math.min(longest.lastInvoke, zone.lastInvoke));
    }
    if (longest === undefined || zone.lastInvoke > longest.lastInvoke) longest = zone;
  }
  passBackward(Infinity);
  return found === undefined ? undefined : conflict(...found.zones);
}

function zoneOf(block: Block): Zone {
  let first: RegisterOperation | undefined;
  let firstPlace = 0;
  let firstReturn = block.initial ? -Infinity : Infinity;
  let last: ResolvedOperation | undefined;
  let lastPlace = 0;
  let lastInvoke = -Infinity;
  for (const [place, here] of block.places.entries()) {
    for (const operation of here) {
      if (operation.return < firstReturn) {
        first = operation.shownBy;
        firstPlace = place;
        firstReturn = operation.return;
      }
      if (operation.invoke > lastInvoke) {
        last = operation;
        lastPlace = place;
        lastInvoke = operation.invoke;
      }
    }
  }
  return { block, first, firstPlace, firstReturn, last, lastPlace, lastInvoke };
}

/** Compares numbers that may both be infinite. */
function order(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function conflict(one: Zone, other: Zone): Finding {
  const operations = [one, other].flatMap(({ block, first, firstPlace, last, lastPlace }) => [
    ...(first === undefined ? [] : [first]),
    ...(last === undefined ? [] : [last, last.shownBy]),
    ...changesBetween(block.places, firstPlace, lastPlace),
  ]);
  const key = operations[0]?.call.key ?? '';
  const span = ({ first, last }: Zone) =>
    first === undefined ? `from the start to ${last?.id}` : `from ${first.id} to ${last?.id}`;
  const message =
    other.firstReturn < other.lastInvoke
      ? `${key} must have held ${valueOf(one)} ${span(one)}, and ${valueOf(other)} ${span(other)}, which overlap`
      : `${key} must have held ${valueOf(one)} ${span(one)}, yet ${valueOf(other)} only within that time (${other.first?.id})`;
  return {
    verdict: 'violated',
    message,
    operations: [...new Set(operations.map(({ id }) => id))],
    revisions: [],
  };
}

/** The values it goes through, as in `4 (then 7 and 9)`. */
function valueOf({ block, firstPlace, lastPlace }: Zone): string {
  const from = Math.min(firstPlace, lastPlace) & ~1;
  const values = block.places
    .slice(from, Math.max(firstPlace, lastPlace) + 1)
    .filter((_, index) => index % 2 === 0)
    .map(([change]) => change?.call.value ?? 'no value');
  const [head = 'no value', ...others] = values;
  if (others.length === 0) return head;
  return `${head} (then ${others.length > 3 ? `${others.length} other values` : others.join(', ')})`;
}
