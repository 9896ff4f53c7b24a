/** An explanation like those of real runs, for a run of the fixture. */
import type { Decisive, Explanation, MomentFutures } from '../../sim/run/explanation.js';
import type { RunResult } from '../../sim/run/run-result.js';

const counted = (events: number, timeUs: number, failed: number): MomentFutures => ({
  events,
  timeUs,
  failed,
  of: 10,
});

const before = counted(211, 8900, 2);
const after = counted(212, 9000, 10);

export const decisives = {
  event: {
    kind: 'event',
    event: { number: 212, timeUs: 9000, text: 'a fault begins: m3 killed, back after 1 ms' },
    before,
    after,
    isExact: true,
    underWay: ['n1-2', 'n2-3'],
    around: [
      { number: 210, timeUs: 8700, text: 'KV.Txn#31 of n2 reaches m3' },
      { number: 211, timeUs: 8900, text: 'a timer of n1 fires' },
      { number: 212, timeUs: 9000, text: 'a fault begins: m3 killed, back after 1 ms' },
      { number: 214, timeUs: 9400, text: 'n2 hears that its connection to m3 has ended' },
    ],
  },
  fromStart: { kind: 'from-start', start: counted(0, 0, 9), faults: 0 },
  atEnd: { kind: 'at-end', before: counted(480, 18_000, 1) },
} as const satisfies Record<string, Decisive>;

/** The run with an explanation that names two of its operations. */
export function explained(result: RunResult, changes: Partial<Explanation> = {}): RunResult {
  return { ...result, explanation: { ...explanationOf(result), ...changes } };
}

export function explanationOf(result: RunResult): Explanation {
  const [first, second] = result.operations;
  return {
    size: '12 operations of 3 nodes, 6 faults, 3 members',
    sentence: 'sum-conserved: at revision 10 the balances add up to 475',
    witness: [first?.id ?? '', second?.id ?? ''],
    past: [
      { timeUs: 1200, node: 'n1', operation: first?.id ?? '', text: 'reads acc1 = 100 at revision 6' },
      { timeUs: 8700, node: 'm3', operation: second?.id ?? '', text: 'commits acc1 = 50 at revision 7' },
      { timeUs: 9000, node: 'm3', text: 'is killed' },
    ],
    moments: [counted(0, 0, 1), counted(123, 5000, 2), before, after, counted(492, 18_100, 10)],
    decisive: decisives.event,
    events: 492,
    runs: 51,
  };
}
