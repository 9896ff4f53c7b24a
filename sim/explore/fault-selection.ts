/**
 * The kinds of fault that a run may have, as `--faults` selects them. Invariant: the text of a selection
 * parses back to the same selection.
 */
import { matchesKind } from '../faults/fault-pattern.js';
import { faultKindNames, faultKinds, writtenFaultsSchema, type Fault } from '../faults/index.js';
import { expected, malformed, ok, oneOf, type Parsed } from '../input/parsed.js';
import { readValue } from '../input/schema.js';
import type { Scenario } from '../scenario/scenario.js';

export type FaultSelection =
  /** No faults. */
  | { readonly kind: 'none' }
  /**
   * Faults of every kind, or per seed a random subset of most kinds (swarm testing), minus excluded kinds.
   */
  | { readonly kind: 'all' | 'swarm'; readonly without?: readonly FaultKindName[] }
  /** Faults of these kinds; in the registry's order, without duplicates. */
  | { readonly kind: 'only'; readonly kinds: readonly FaultKindName[] }
  /** These faults, as a plan holds them, in every run. */
  | { readonly kind: 'written'; readonly faults: readonly Fault[] };

type FaultKindName = Fault['kind'];

/** The names of selections; kinds are joined with commas. */
const faultSelectionNames = ['none', 'all', 'swarm'] as const;

/**
 * Reads `none`, `all`, `swarm`, the latter two without some kinds (`swarm,-clock-*`), kinds separated by commas, or a list
 * of faults in JSON.
 */
export function parseFaultSelection(text: string): Parsed<FaultSelection> {
  if (text.startsWith('[')) return parseWritten(text);
  const words = text.split(',');
  const [first = '', ...rest] = words;
  const name = faultSelectionNames.find((one) => one === first);
  if (name === undefined) {
    const left = words.find((word) => word.startsWith('-'));
    if (left !== undefined) return malformed(`expected ${left} after all or swarm, such as swarm,${left}`);
    const kinds = kindsOf(words, text.includes(','));
    return kinds.kind === 'ok' ? ok({ kind: 'only', kinds: kinds.value }) : kinds;
  }
  if (rest.length === 0) return ok({ kind: name });
  const wrong = rest.find((word) => !word.startsWith('-'));
  if (name === 'none' || wrong !== undefined) {
    return cannotCombine(name, wrong ?? rest[0] ?? '');
  }
  const without = kindsOf(
    rest.map((word) => word.slice(1)),
    true,
  );
  return without.kind === 'ok' ? ok({ kind: name, without: without.value }) : without;
}

function parseWritten(text: string): Parsed<FaultSelection> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return expected('a list of faults in JSON', text);
  }
  const faults = readValue(writtenFaultsSchema, value);
  return faults.kind === 'ok' ? ok({ kind: 'written', faults: faults.value }) : faults;
}

function cannotCombine(name: string, other: string): Parsed<never> {
  const names = oneOf(faultSelectionNames);
  return malformed(
    `${name} cannot be combined with ${other}: expected ${names} alone, kinds of fault, or swarm,-KIND`,
  );
}

/** Kinds by their names or patterns, in the registry's order, without duplicates. */
function kindsOf(words: readonly string[], several: boolean): Parsed<readonly FaultKindName[]> {
  const chosen = new Set<FaultKindName>();
  for (const word of words) {
    if (faultSelectionNames.some((name) => name === word)) {
      return cannotCombine(word, 'kinds of fault');
    }
    const matched = faultKindNames.filter((kind) => matchesKind(word, kind));
    if (matched.length === 0) {
      const names = several ? faultKindNames : [...faultSelectionNames, ...faultKindNames];
      return expected(
        `${faultSelectionNames.join(', ')} or kinds of fault (${faultKindNames.join(', ')})`,
        word,
        names,
      );
    }
    for (const kind of matched) chosen.add(kind);
  }
  return ok(faultKindNames.filter((kind) => chosen.has(kind)));
}

/** Whether a run may have faults of the kind. */
export function selects(selection: FaultSelection, kind: FaultKindName): boolean {
  switch (selection.kind) {
    case 'none':
      return false;
    case 'swarm':
      return faultKinds[kind].inSwarms !== false && selection.without?.includes(kind) !== true;
    case 'all':
      return selection.without?.includes(kind) !== true;
    case 'only':
      return selection.kinds.includes(kind);
    case 'written':
      return selection.faults.some((fault) => fault.kind === kind);
  }
}

/** The value of `--faults` for this selection. */
export function formatFaultSelection(selection: FaultSelection): string {
  switch (selection.kind) {
    case 'none':
      return 'none';
    case 'swarm':
    case 'all':
      return [selection.kind, ...(selection.without ?? []).map((kind) => `-${kind}`)].join(',');
    case 'only':
      return selection.kinds.join(',');
    case 'written':
      return JSON.stringify(selection.faults);
  }
}

/** Properties of a run that some kinds of fault need. */
export interface FaultGround {
  readonly members: number;
  /** Whether the scenario defines what a node does after a crash. */
  readonly restarts: boolean;
}

/** Whether the kind makes sense there. */
export function isPossible(kind: FaultKindName, { members, restarts }: FaultGround): boolean {
  const { membersMin = 1, crashes = false } = faultKinds[kind];
  return members >= membersMin && (restarts || !crashes);
}

/** The properties of a scenario that decide which kinds of fault it gets. */
export type FaultWishes = Pick<Scenario, 'restart' | 'logsIn' | 'withoutFaults'>;

/**
 * The kinds drawn for a run of the scenario; none where the faults are written. A kind that does not fit is drawn only by its own name: one that
 * the scenario excludes, or a lost login if it does not log in.
 */
export function kindsFor(
  selection: FaultSelection,
  members: number,
  { restart, logsIn = false, withoutFaults = [] }: FaultWishes,
): readonly FaultKindName[] {
  if (selection.kind === 'written') return [];
  const ground = { members, restarts: restart !== undefined };
  const fits = (kind: FaultKindName): boolean =>
    (logsIn || faultKinds[kind].authentication !== true) &&
    !withoutFaults.some((pattern) => matchesKind(pattern, kind));
  return faultKindNames.filter(
    (kind) =>
      selects(selection, kind) && isPossible(kind, ground) && (selection.kind === 'only' || fits(kind)),
  );
}
