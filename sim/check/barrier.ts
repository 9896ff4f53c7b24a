/**
 * Barriers over intervals: a node that arrived while a barrier was surely held may pass only after a release
 * has begun. Invariant: operations that may have been concurrent never count as a violation. O(n log n).
 */

/** One call, by its places in the run's total order. */
export interface BarrierCall {
  readonly id: string;
  readonly barrier: string;
  readonly kind: 'hold' | 'release' | 'wait';
  readonly invoke: number;
  /** Infinity if it may still happen at any later time. */
  readonly return: number;
  /** False for a hold or a release that may not have happened. */
  readonly happened: boolean;
}

/** A wait that passed while a hold was in force. */
export interface EarlyPass {
  readonly hold: BarrierCall;
  readonly wait: BarrierCall;
}

/**
 * The first wait, by its return, that passed a barrier that was surely held from its arrival until its end.
 */
export function earlyPassOf(calls: readonly BarrierCall[]): EarlyPass | undefined {
  const passes: EarlyPass[] = [];
  for (const barrier of new Set(calls.map((call) => call.barrier))) {
    const own = calls.filter((call) => call.barrier === barrier);
    const pass = earlyPassAt(own);
    if (pass !== undefined) passes.push(pass);
  }
  return passes.sort((left, right) => left.wait.return - right.wait.return)[0];
}

function earlyPassAt(calls: readonly BarrierCall[]): EarlyPass | undefined {
  const releasedFrom = firstReleaseAfter(calls.filter(({ kind }) => kind === 'release'));
  const holds = calls
    .filter(({ kind, happened, return: end }) => kind === 'hold' && happened && end !== Infinity)
    .map((hold) => ({ hold, from: hold.return, until: releasedFrom(hold.invoke) }))
    .sort((left, right) => left.from - right.from);
  const waits = calls
    .filter(({ kind, happened, return: end }) => kind === 'wait' && happened && end !== Infinity)
    .sort((left, right) => left.invoke - right.invoke);
  let longest: (typeof holds)[number] | undefined;
  let next = 0;
  let first: EarlyPass | undefined;
  for (const wait of waits) {
    for (; next < holds.length; next++) {
      const held = holds[next];
      if (held === undefined || held.from > wait.invoke) break;
      if (longest === undefined || held.until > longest.until) longest = held;
    }
    if (longest === undefined || longest.until < wait.return) continue;
    if (first === undefined || wait.return < first.wait.return) first = { hold: longest.hold, wait };
  }
  return first;
}

/**
 * The earliest beginning of a release that may follow a hold begun at that moment: one that had not ended
 * before.
 */
function firstReleaseAfter(releases: readonly BarrierCall[]): (invoke: number) => number {
  const byReturn = [...releases].sort((left, right) => left.return - right.return);
  const earliest: number[] = [];
  let least = Infinity;
  for (let index = byReturn.length - 1; index >= 0; index--) {
    least = Math.min(least, byReturn[index]?.invoke ?? Infinity);
    earliest[index] = least;
  }
  return (invoke) => {
    let low = 0;
    let high = byReturn.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((byReturn[middle]?.return ?? Infinity) > invoke) high = middle;
      else low = middle + 1;
    }
    return earliest[low] ?? Infinity;
  };
}
