/**
 * Makes a story from the steps of a past: all of them if they are few. Otherwise the heaviest ones, and one
 * line for the rest of each node's steps. Invariant: it has at most {@link LINES_MAX} lines, in order, and
 * every step is in it.
 */
import type { PastStep as Line } from '../../run/explanation.js';
import type { PastStep } from './recorded-run.js';

/** The space on a page beside everything else. */
export const LINES_MAX = 12;

/** More nodes than these share a line. */
const FOLDS_MAX = 4;

export function foldPast(steps: readonly PastStep[]): Line[] {
  if (steps.length <= LINES_MAX) return steps.map(lineOf);
  for (let told = LINES_MAX - 1; told > 0; told--) {
    const chosen = chooseHeaviest(steps, told);
    const folds = foldsOf(steps.filter((step) => !chosen.has(step)));
    if (told + folds.length <= LINES_MAX || told === 1) return joined(steps, chosen, folds);
  }
  return [];
}

/** Of two with the same weight, the later one. */
function chooseHeaviest(steps: readonly PastStep[], count: number): ReadonlySet<PastStep> {
  const ranked = steps.map((step, index) => ({ step, index }));
  ranked.sort((left, right) => right.step.weight - left.step.weight || right.index - left.index);
  return new Set(ranked.slice(0, count).map(({ step }) => step));
}

/**
 * The steps of each node, if there are few nodes. Single steps of several nodes share a line; with many
 * nodes, all do.
 */
function foldsOf(steps: readonly PastStep[]): (readonly PastStep[])[] {
  const nodes = new Map<string, PastStep[]>();
  for (const step of steps) nodes.set(step.node, [...(nodes.get(step.node) ?? []), step]);
  if (nodes.size > FOLDS_MAX) return [steps];
  const groups = [...nodes.values()];
  const singles = new Set(groups.filter(({ length }) => length === 1).flat());
  const joint = steps.filter((step) => singles.has(step));
  return [...groups.filter(({ length }) => length > 1), ...(joint.length === 0 ? [] : [joint])];
}

/** Folded steps become one line, at the place of the first. */
function joined(
  steps: readonly PastStep[],
  chosen: ReadonlySet<PastStep>,
  folds: readonly (readonly PastStep[])[],
): Line[] {
  const foldAt = new Map(folds.flatMap((fold) => (fold[0] === undefined ? [] : [[fold[0], fold] as const])));
  return steps.flatMap((step) => {
    const fold = foldAt.get(step);
    if (fold !== undefined) return [foldedLine(fold)];
    return chosen.has(step) ? [lineOf(step)] : [];
  });
}

function lineOf({ moment, node, operation, what }: PastStep): Line {
  return { timeUs: moment.timeUs, node, ...(operation === undefined ? {} : { operation }), text: what };
}

function foldedLine(steps: readonly PastStep[]): Line {
  const [first] = steps;
  if (steps.length === 1 && first !== undefined) return lineOf(first);
  const nodes = new Set(steps.map(({ node }) => node));
  const timeUs = first?.moment.timeUs ?? 0;
  const node = nodes.size === 1 ? (first?.node ?? '') : '';
  return { timeUs, node, text: `${steps.length} more steps${ofMany(nodes)}`, folded: steps.map(lineOf) };
}

function ofMany(nodes: ReadonlySet<string>): string {
  return nodes.size === 1 ? '' : ` of ${nodes.size} nodes`;
}
