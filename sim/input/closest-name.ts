/** The valid name that someone probably meant: the nearest by Damerau-Levenshtein distance, if it is near at all. */

/**
 * Finds the name nearest to what was typed, ignoring case; of equally near ones the first. Undefined where even the
 * nearest differs in more than a third of its letters.
 */
export function closestName(typed: string, names: readonly string[]): string | undefined {
  if (typed.length === 0 || typed.length > TYPED_LENGTH_MAX) return undefined;
  let closest: string | undefined;
  let closestDistance = Infinity;
  for (const name of names) {
    const distance = editDistance(typed.toLowerCase(), name.toLowerCase());
    const allowed = Math.max(1, Math.floor(Math.max(typed.length, name.length) / 3));
    if (distance <= allowed && distance < closestDistance && distance < name.length) {
      closest = name;
      closestDistance = distance;
    }
  }
  return closest;
}

/** Longer texts are no typing errors, and the distance takes time quadratic in the length. */
const TYPED_LENGTH_MAX = 64;

/**
 * How many insertions, deletions, substitutions and swaps of neighbours turn one text into the other, editing no
 * part twice (the restricted distance of Damerau 1964, by dynamic programming).
 */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substitution = from[row - 1] === to[column - 1] ? 0 : 1;
      let distance = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + substitution,
      );
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) distance = Math.min(distance, at(beforeLast, column - 2) + 1);
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
