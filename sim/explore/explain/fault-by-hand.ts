/**
 * Finds the fault by hand without which a run passes. A test always begins it at the same place, so every
 * future contains it, and no event reveals it. Invariant: faults of one kind that begin together on one node
 * count as one.
 */
import type { Decisive } from '../../run/explanation.js';
import type { FaultRecord, RunResult } from '../../run/run-result.js';

export interface ByHandRequest {
  readonly result: RunResult;
  readonly runsMax: number;
  /** Whether a future of the start fails without these; undefined if it was interrupted. */
  fails(future: number, withoutByHand: readonly number[]): Promise<boolean | undefined>;
}

export interface FaultFound {
  /** Undefined if it fails without any single one of them, or there are none. */
  readonly decisive: Pick<Extract<Decisive, { kind: 'by-hand' }>, 'fault' | 'without'> | undefined;
  readonly runs: number;
}

const FUTURES_PER_FAULT = 5;
const FAULTS_MAX = 6;

export async function findFaultByHand({ result, runsMax, fails }: ByHandRequest): Promise<FaultFound> {
  let runs = 0;
  for (const group of groupsOf(result.faults).slice(0, FAULTS_MAX)) {
    if (runs + FUTURES_PER_FAULT > runsMax) break;
    let failed = 0;
    for (let future = 0; future < FUTURES_PER_FAULT; future++) {
      const indices = group.map(({ index }) => index);
      const failsSo = await fails(future, indices);
      if (failsSo === undefined) return { decisive: undefined, runs };
      runs += 1;
      failed += Number(failsSo);
    }
    if (failed * 2 >= FUTURES_PER_FAULT) continue;
    const fault = {
      timeUs: group[0]?.startedUs ?? 0,
      text: textOf(group.filter(({ lifted }) => lifted !== true).map(({ text }) => text)),
    };
    return { decisive: { fault, without: { failed, of: FUTURES_PER_FAULT } }, runs };
  }
  return { decisive: undefined, runs };
}

/** `n1 cut off from m1, m2 and m3`, if only the last words differ. */
export function textOf(texts: readonly string[]): string {
  const [first = ''] = texts;
  const start = first.slice(0, first.lastIndexOf(' ') + 1);
  if (texts.length < 2 || !texts.every((text) => text.startsWith(start))) return texts.join(', ');
  const ends = texts.map((text) => text.slice(start.length));
  return `${start}${ends.slice(0, -1).join(', ')} and ${ends.at(-1)}`;
}

/** A process that a test has ended stays ended, and the rest of the test depends on that. */
function groupsOf(faults: readonly FaultRecord[]): FaultRecord[][] {
  const groups = new Map<string, FaultRecord[]>();
  for (const fault of faults) {
    const { kind, node, startedUs, byHand } = fault;
    if (byHand !== true || startedUs === undefined || kind === 'node-crash') continue;
    const name = `${kind} ${node} ${startedUs}`;
    groups.set(name, [...(groups.get(name) ?? []), fault]);
  }
  return [...groups.values()];
}
