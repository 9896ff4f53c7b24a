/** Seeds that faults block, and their effect on a sweep. */
import { describe, expect, it } from 'vitest';
import { sweep } from '../../sim/explore/sweep.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { buildRun } from '../report/fixture.js';

const nothing = { kind: 'nothing-succeeded', message: 'no operation succeeded', operations: [] } as const;
const hitting = [{ index: 0, kind: 'latency', text: 'latency', hits: 3 }];

/** A run of a seed: one that is satisfied, or one in which nothing succeeded. */
function run(seed: number, parts: Partial<RunResult>): RunResult {
  const { plan, ...calm } = buildRun();
  return {
    ...calm,
    plan: { ...plan, seed },
    verdict: 'satisfied',
    ...{ problems: [], checks: [], operations: [], faults: [] },
    ...parts,
  };
}

const blocked: Partial<RunResult> = { verdict: 'inconclusive', problems: [nothing], faults: hitting };

function sweepOf(seeds: number, partsOf: (seed: number) => Partial<RunResult>, failed: number[] = []) {
  return sweep({
    scenario: 'bank',
    seeds: { first: 0, last: seeds - 1 },
    keepGoing: true,
    runSeed: (seed) => Promise.resolve(run(seed, partsOf(seed))),
    failed: (result) => Promise.resolve(void failed.push(result.plan.seed)),
    signal: new AbortController().signal,
    nowMs: () => 0,
  });
}

describe('a seed in which faults let nothing succeed', () => {
  it('is counted, and is no failure of a sweep that shows enough', async () => {
    const failed: number[] = [];
    const result = await sweepOf(10, (seed) => (seed < 5 ? blocked : {}), failed);
    expect(result).toMatchObject({ seedsRun: 10, failures: [], blocked: 5 });
    expect(failed).toEqual([]);
  });

  it('is a failure if more than half of the seeds are like it', async () => {
    const failed: number[] = [];
    const result = await sweepOf(10, (seed) => (seed === 2 || seed > 5 ? {} : blocked), failed);
    expect(result).toMatchObject({ failures: [], blocked: 5 });
    const most = await sweepOf(10, (seed) => (seed === 2 || seed > 6 ? {} : blocked), failed);
    expect(most.failures.map(({ seed }) => seed)).toEqual([0, 1, 3, 4, 5, 6]);
    expect(most).toMatchObject({ blocked: 0, firstFailure: { plan: { seed: 0 } } });
    expect(failed).toEqual([0]);
  });

  it('is a failure if no fault has hit: then only the code can be the cause', async () => {
    const result = await sweepOf(10, (seed) => (seed === 4 ? { ...blocked, faults: [] } : {}));
    expect(result).toMatchObject({ failures: [{ seed: 4, verdict: 'inconclusive' }], blocked: 0 });
  });

  it('is a failure if something else was left open', async () => {
    const other = { kind: 'budget', message: 'more than 5 events', waiting: [] } as const;
    const result = await sweepOf(10, (seed) =>
      seed === 4 ? { ...blocked, problems: [nothing, other] } : {},
    );
    expect(result.failures).toMatchObject([{ seed: 4 }]);
  });
});
