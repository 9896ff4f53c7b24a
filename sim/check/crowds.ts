/**
 * Too many at once, where some need not be counted: of the holders that an operator may have robbed of what they held,
 * at most so many were. Invariant: a crowd is reported only where no choice of so many explains it and all before it.
 */

/** Some that were there at one moment, and how many of them there may be. */
export interface Crowd<Member> {
  readonly members: readonly Member[];
  /** Those of the members that may be left out. */
  readonly removable: readonly Member[];
  readonly permits: number;
}

/** More than this many that may be left out explain everything: a search would take too long. */
const REMOVED_MAX = 6;

/** The first crowd that cannot be explained together with those before it by leaving out so many members in all. */
export function firstUnexplained<Member, One extends Crowd<Member>>(
  crowds: readonly One[],
  removedMax: number,
): One | undefined {
  if (removedMax > REMOVED_MAX) return undefined;
  const before: One[] = [];
  let removed: ReadonlySet<Member> = new Set();
  for (const crowd of crowds) {
    before.push(crowd);
    if (isSmall(crowd, removed)) continue;
    const choice = choose(before, removedMax, new Set());
    if (choice === undefined) return crowd;
    removed = choice;
  }
  return undefined;
}

function isSmall<Member>({ members, permits }: Crowd<Member>, removed: ReadonlySet<Member>): boolean {
  return members.filter((member) => !removed.has(member)).length <= permits;
}

/** Whom to leave out so that no crowd is too large. */
function choose<Member>(
  crowds: readonly Crowd<Member>[],
  left: number,
  removed: ReadonlySet<Member>,
): ReadonlySet<Member> | undefined {
  const crowd = crowds.find((one) => !isSmall(one, removed));
  if (crowd === undefined) return removed;
  if (left === 0) return undefined;
  for (const member of crowd.removable) {
    if (removed.has(member)) continue;
    const choice = choose(crowds, left - 1, new Set(removed).add(member));
    if (choice !== undefined) return choice;
  }
  return undefined;
}
