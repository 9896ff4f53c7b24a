/** A sweep as its page has it, written by hand: two kinds of failure, marks that were never reached. */
import type { SweptScenario } from '../../sim/report/page/sweep-data.js';

export const swept: SweptScenario = {
  scenario: 'bank',
  verdict: 'violated',
  seedsPlanned: 1000,
  seedsRun: 998,
  wallTimeMs: 20_000,
  endedEarly: false,
  blocked: 3,
  lost: [{ seed: 17, how: 'exit code 70' }],
  satisfied: 980,
  failures: [
    {
      signature: 'check sum-conserved',
      verdict: 'violated',
      message: 'at revision 12 the balances add up to 475, not 500',
      seedCount: 14,
      seeds: [3, 9, 27, 81, 243, 300, 301, 302, 303, 304, 305, 306, 307, 308],
      replays: ['sim --seed 3 --scenario bank', 'sim --seed 9 --scenario bank'],
      smallest: {
        size: '2 operations of 2 nodes, 1 fault, 1 member',
        replay: 'sim replay reports/bank-seed-3/repro.shrunk.json',
        page: 'bank-seed-3/index.html',
      },
    },
    {
      signature: 'inconclusive budget',
      verdict: 'inconclusive',
      message: 'the run used up its events',
      seedCount: 1,
      seeds: [500],
      replays: ['sim --seed 500 --scenario bank'],
    },
  ],
  distributions: [
    { name: 'operations', values: Array.from({ length: 980 }, (_, at) => 10 + (at % 90)) },
    { name: 'faults', values: Array.from({ length: 980 }, (_, at) => at % 7) },
    { name: 'marks reached', values: Array.from({ length: 980 }, () => 5) },
  ],
  marks: [
    { mark: 'quorum-loss hits', reached: 0, possible: 120 },
    { mark: 'an operation is indefinite', reached: 4, possible: 998 },
    { mark: 'an operation succeeds', reached: 998, possible: 998 },
  ],
};
