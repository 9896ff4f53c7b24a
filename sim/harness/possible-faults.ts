/**
 * Whether the kinds of fault that are selected can happen at all. Invariant: a kind that never can is refused if it was
 * named, never left out in silence; `swarm` and `all` name none and leave it out.
 */
import { isPossible, type FaultGround, type FaultSelection } from '../explore/fault-selection.js';
import { faultKinds, type Fault } from '../faults/index.js';

/** A kind that was named, and what it needs. */
export type ImpossibleFault =
  | { readonly kind: Fault['kind']; readonly needs: 'members'; readonly min: number; readonly got: number }
  | { readonly kind: Fault['kind']; readonly needs: 'restart' };

/** The first kind that is named and can happen in none of these runs; undefined where each can. */
export function impossibleFault(
  faults: FaultSelection,
  grounds: readonly FaultGround[],
): ImpossibleFault | undefined {
  const kind = kindsNamedBy(faults).find((one) => !grounds.some((ground) => isPossible(one, ground)));
  if (kind === undefined) return undefined;
  const { membersMin: min = 1 } = faultKinds[kind];
  const got = Math.max(...grounds.map(({ members }) => members));
  return got < min ? { kind, needs: 'members', min, got } : { kind, needs: 'restart' };
}

function kindsNamedBy(faults: FaultSelection): readonly Fault['kind'][] {
  switch (faults.kind) {
    case 'only':
      return faults.kinds;
    case 'written':
      return faults.faults.map(({ kind }) => kind);
    default:
      return [];
  }
}
