/**
 * Smaller values for the draws that a run's code makes. Invariant: the code could have drawn every value that
 * is tried, according to the known range of the draw.
 */
import type { Json } from '../../input/json.js';
import type { Plan } from '../../plan/plan.js';
import { minimize } from './minimize.js';

/** Knows the ranges from which a plan's values were drawn. */
export interface DrawnValues {
  /** Whether this draw of the plan may give the value. */
  mayBe(plan: Plan, draw: string, value: Json): boolean;
  /** Whether two draws of the plan have the same range, so that each may return the other's value. */
  areAlike(plan: Plan, draw: string, other: string): boolean;
  /** Simpler values than the one that this draw returned, boldest first. */
  simpler(plan: Plan, draw: string): Iterable<Json>;
  /** Other values for all draws of the plan, from the same ranges; the same ones for the same round. */
  others(plan: Plan, round: number): Readonly<Record<string, Json>>;
}

export interface DrawSearch {
  readonly drawn: DrawnValues;
  /** The smallest plan that failed so far. */
  best(): Plan;
  /** Whether it fails as required; it then becomes the best one. */
  isEnough(plan: Plan): Promise<boolean>;
  over(): boolean;
}

/** Removes items from drawn lists, along with the values that were drawn for them afterwards. */
export async function removeDrawn({ drawn, best, isEnough, over }: DrawSearch): Promise<void> {
  for (const draw of Object.keys(best().draws ?? {})) {
    const list = best().draws?.[draw];
    if (!isList(list)) continue;
    let [places, plan] = [[...list.keys()], best()];
    await minimize(places, async (kept) => {
      const items = kept.map((place) => list[place] ?? null);
      const remaining = kept.map((place) => places.indexOf(place));
      if (over() || !drawn.mayBe(plan, draw, items)) return false;
      const moved = withoutOthers(plan, draw, { remaining, count: places.length, drawn });
      const fails =
        (moved !== undefined && (await isEnough(withDraw(moved, draw, items)))) ||
        (await isEnough(withDraw(plan, draw, items)));
      if (fails) [places, plan] = [[...kept], best()];
      return fails;
    });
  }
}

/** Takes every simpler value that still fails, until none does. */
export async function simplifyDrawn({ drawn, best, isEnough, over }: DrawSearch): Promise<void> {
  for (const draw of Object.keys(best().draws ?? {})) {
    let found = true;
    while (found && !over()) {
      found = false;
      for (const value of drawn.simpler(best(), draw)) {
        if (over()) return;
        if (!(await isEnough(withDraw(best(), draw, value)))) continue;
        // If the code drew something else after all, this value was useless.
        found = JSON.stringify(best().draws?.[draw]) === JSON.stringify(value);
        break;
      }
    }
  }
}

interface Remaining {
  /** Indices in the list. */
  readonly remaining: readonly number[];
  /** How long the list is. */
  readonly count: number;
  readonly drawn: DrawnValues;
}

/**
 * If a node later drew equally many values for each item of its list: the values of the remaining items.
 * Undefined if the draws do not have that form.
 */
function withoutOthers(plan: Plan, draw: string, { remaining, count, drawn }: Remaining): Plan | undefined {
  const draws = plan.draws ?? {};
  const [node, first] = partsOf(draw);
  const later = Object.keys(draws)
    .filter((key) => partsOf(key)[0] === node && partsOf(key)[1] > first)
    .sort((one, other) => partsOf(one)[1] - partsOf(other)[1]);
  const each = later.length / count;
  if (each === 0 || !Number.isInteger(each)) return undefined;
  const kept = remaining.flatMap((place) => later.slice(place * each, (place + 1) * each));
  const moves = kept.map((from, at) => ({ from, to: later[at] ?? from }));
  if (!moves.every(({ from, to }) => drawn.areAlike(plan, from, to))) return undefined;
  const others = Object.entries(draws).filter(([key]) => !later.includes(key));
  const moved = moves.flatMap(({ from, to }) => {
    const value = draws[from];
    return value === undefined ? [] : [[to, value] as const];
  });
  return { ...plan, draws: Object.fromEntries([...others, ...moved]) };
}

/** The node that drew, and the number of its draw. */
function partsOf(draw: string): readonly [node: string, count: number] {
  const slash = draw.lastIndexOf('/');
  return [draw.slice(0, slash), Number(draw.slice(slash + 1))];
}

function withDraw(plan: Plan, draw: string, value: Json): Plan {
  return { ...plan, draws: { ...plan.draws, [draw]: value } };
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
