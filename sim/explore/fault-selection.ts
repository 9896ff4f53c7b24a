/**
 * Which kinds of fault a run may have: what `--faults` takes. Invariant: the text of a selection parses back to the
 * same selection.
 */
import { faultKindNames, faultKinds, type Fault } from '../faults/index.js';
import { expected, malformed, ok, type Parsed } from '../input/parsed.js';

export type FaultSelection =
  /** No faults; faults of every kind; or per seed a random subset of the kinds (swarm testing). */
  | { readonly kind: 'none' | 'all' | 'swarm' }
  /** Faults of these kinds; in the registry's order, none twice. */
  | { readonly kind: 'only'; readonly kinds: readonly Fault['kind'][] };

/** How selections are named; kinds are joined with commas. */
const faultSelectionNames = ['none', 'all', 'swarm'] as const;

/** Reads `none`, `all`, `swarm`, or kinds separated by commas. */
export function parseFaultSelection(text: string): Parsed<FaultSelection> {
  const word = faultSelectionNames.find((name) => name === text);
  if (word !== undefined) return ok({ kind: word });
  const chosen = new Set<string>();
  for (const part of text.split(',')) {
    if (faultSelectionNames.some((name) => name === part)) {
      return malformed(`${part} cannot be combined with kinds of fault`);
    }
    if (!faultKindNames.some((name) => name === part)) {
      const names = text.includes(',') ? faultKindNames : [...faultSelectionNames, ...faultKindNames];
      return expected(
        `${faultSelectionNames.join(', ')} or kinds of fault (${faultKindNames.join(', ')})`,
        part,
        names,
      );
    }
    chosen.add(part);
  }
  return ok({ kind: 'only', kinds: faultKindNames.filter((name) => chosen.has(name)) });
}

/** Whether a run may have faults of the kind. */
export function selects(selection: FaultSelection, kind: Fault['kind']): boolean {
  switch (selection.kind) {
    case 'none':
      return false;
    case 'swarm':
    case 'all':
      return true;
    case 'only':
      return selection.kinds.includes(kind);
  }
}

/** What `--faults` takes for this selection. */
export function formatFaultSelection(selection: FaultSelection): string {
  return selection.kind === 'only' ? selection.kinds.join(',') : selection.kind;
}

/** What a run has that some kinds of fault need. */
export interface FaultGround {
  readonly members: number;
  /** Whether the scenario says what a node does after a crash. */
  readonly restarts: boolean;
}

/** Whether the kind has a meaning there. */
export function isPossible(kind: Fault['kind'], { members, restarts }: FaultGround): boolean {
  const { membersMin = 1, crashes = false } = faultKinds[kind];
  return members >= membersMin && (restarts || !crashes);
}
