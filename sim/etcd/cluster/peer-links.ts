/** Which members reach one another. Invariant: a link works in both directions or in none. */
export class PeerLinks {
  /** Pairs that are cut, and when that last changed; all other pairs have always been connected. */
  readonly #changes = new Map<string, { readonly isCut: boolean; readonly atMs: number }>();

  cut(left: string, right: string, nowMs: number): void {
    if (left !== right) this.#changes.set(pairOf(left, right), { isCut: true, atMs: nowMs });
  }

  mend(left: string, right: string, nowMs: number): void {
    if (!this.connects(left, right)) this.#changes.set(pairOf(left, right), { isCut: false, atMs: nowMs });
  }

  connects(left: string, right: string): boolean {
    // Every call reaches this; in most runs no link is ever cut.
    return this.#changes.size === 0 || this.#changes.get(pairOf(left, right))?.isCut !== true;
  }

  /** When the link last changed; negative infinity if it never has. */
  changedMs(left: string, right: string): number {
    return this.#changes.get(pairOf(left, right))?.atMs ?? -Infinity;
  }
}

function pairOf(left: string, right: string): string {
  return left < right ? `${left} ${right}` : `${right} ${left}`;
}
