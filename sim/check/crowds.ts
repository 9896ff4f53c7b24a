/**
 * Finds crowds of holders that are too large, although some holders need not count. An operator may have
 * robbed a limited number of holders of what they held. Invariant: a crowd is reported only if no choice of
 * that many holders explains it and all earlier ones.
 */

/** Members present at one moment, and how many are allowed. */
export interface Crowd<Member> {
  readonly members: readonly Member[];
  /** Those of the members that may be left out. */
  readonly removable: readonly Member[];
  readonly permits: number;
}

/** With more than this many removals everything counts as explained: a search would take too long. */
const REMOVED_MAX = 6;

/** The first crowd that, together with those before it, stays too large whichever members are left out. */
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

/** The members to leave out so that no crowd is too large. */
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
