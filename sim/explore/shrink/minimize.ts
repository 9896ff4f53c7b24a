/**
 * Delta debugging over a list: which of its items are needed? Tries to remove everything, then halves,
 * quarters and so on, down to single items, until no single item can be removed. (Zeller and Hildebrandt,
 * "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28(2), 2002, in the form that only removes.)
 *
 * @param isEnough whether these items, in their order, are still enough
 * @returns items that are enough; none could be removed when it was last tried
 */
export async function minimize<T>(
  items: readonly T[],
  isEnough: (kept: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  if (items.length === 0 || (await isEnough([]))) return [];
  let kept = items;
  let size = Math.ceil(kept.length / 2);
  while (kept.length > 1) {
    let spared = false;
    for (let start = 0; start < kept.length && kept.length > 1;) {
      const rest = [...kept.slice(0, start), ...kept.slice(start + size)];
      if (rest.length < kept.length && rest.length > 0 && (await isEnough(rest))) {
        kept = rest;
        spared = true;
      } else start += size;
    }
    if (size === 1 && !spared) break;
    if (size > 1) size = Math.ceil(size / 2);
  }
  return kept;
}
