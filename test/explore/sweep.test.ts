/** When a sweep ends, what it says of seeds that faults block, and that it continues where an earlier one stopped. */
import { describe, expect, it } from 'vitest';
import { seedRunOf, type SeedRecord } from '../../sim/explore/seed-record.js';
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

async function sweepOf(seeds: number, partsOf: (seed: number) => Partial<RunResult>) {
  const { result } = await sweep({
    scenario: 'bank',
    seeds: { first: 0, last: seeds - 1 },
    bail: Infinity,
    runSeed: (seed) => Promise.resolve(seedRunOf(run(seed, partsOf(seed)))),
    signal: new AbortController().signal,
    nowMs: () => 0,
  });
  return result;
}

describe('a seed in which faults let nothing succeed', () => {
  it('is counted, and is no failure of a sweep that shows enough', async () => {
    const result = await sweepOf(10, (seed) => (seed < 5 ? blocked : {}));
    expect(result).toMatchObject({ seedsRun: 10, failures: [], blocked: 5 });
  });

  it('is a failure if more than half of the seeds are like it', async () => {
    const result = await sweepOf(10, (seed) => (seed === 2 || seed > 5 ? {} : blocked));
    expect(result).toMatchObject({ failures: [], blocked: 5 });
    const most = await sweepOf(10, (seed) => (seed === 2 || seed > 6 ? {} : blocked));
    expect(most.failures.map(({ seed }) => seed)).toEqual([0, 1, 3, 4, 5, 6]);
    expect(most).toMatchObject({ blocked: 0 });
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

const violation = { verdict: 'violated', problems: [], checks: [broken('sum')] } as const;

function broken(name: string) {
  return {
    ...{ check: name, description: '', verdict: 'violated', message: 'wrong' },
    ...{ operations: [], revisions: [] },
  } as const;
}

describe('a sweep', () => {
  const request = {
    scenario: 'bank',
    seeds: { first: 10, last: 29 },
    bail: Infinity,
    signal: new AbortController().signal,
    nowMs: () => 0,
  };
  const runs = (partsOf: (seed: number) => Partial<RunResult>, begun: number[] = []) => ({
    runSeed: (seed: number) => {
      begun.push(seed);
      return Promise.resolve(seedRunOf(run(seed, partsOf(seed))));
    },
  });
  const everyThird = (seed: number) => (seed % 3 === 0 ? violation : {});

  it.each([1, 2, 5])('ends after %i violated seeds', async (bail) => {
    const { result } = await sweep({ ...request, bail, ...runs(everyThird) });
    expect(result.failures.map(({ seed }) => seed)).toEqual([12, 15, 18, 21, 24].slice(0, bail));
    expect(result.seedsRun).toBe(3 * bail);
  });

  it('does not end for seeds that are inconclusive', async () => {
    const { result } = await sweep({ ...request, bail: 1, ...runs(() => ({ ...blocked, faults: [] })) });
    expect(result).toMatchObject({ seedsRun: 20, outOfTime: false });
  });

  it('begins no seed after its time, and finishes the one that runs', async () => {
    let nowMs = 0;
    const begun: number[] = [];
    const { result } = await sweep({
      ...request,
      ...runs(() => ((nowMs += 10), {}), begun),
      deadlineMs: 35,
      nowMs: () => nowMs,
    });
    expect(begun).toEqual([10, 11, 12, 13]);
    expect(result).toMatchObject({ seedsRun: 4, seedsPlanned: 20, outOfTime: true, interrupted: false });
  });

  it('has no kinds where nothing failed, and violations before doubts', async () => {
    expect((await sweep({ ...request, ...runs(() => ({})) })).kinds).toEqual([]);
    const mixed = (seed: number) =>
      seed === 11
        ? { ...blocked, faults: [] }
        : seed === 14 || seed === 20
          ? { ...violation, checks: [broken('other')] }
          : everyThird(seed);
    const { kinds } = await sweep({ ...request, ...runs(mixed) });
    expect(kinds.map(({ first, seeds }) => [first.signature, seeds])).toEqual([
      ['check sum', [12, 15, 18, 21, 24, 27]],
      ['check other', [14, 20]],
      ['inconclusive nothing-succeeded', [11]],
    ]);
  });

  it('that continues has the result of one that ran in one go', async () => {
    const partsOf = (seed: number) => (seed % 4 === 0 ? blocked : everyThird(seed));
    const records: SeedRecord[] = [];
    const whole = await sweep({ ...request, ...runs(partsOf), seed: (record) => void records.push(record) });
    for (const done of [0, 1, 7, 19, 20]) {
      const begun: number[] = [];
      const past = { records: records.slice(0, done), elapsedMs: 0 };
      expect(await sweep({ ...request, ...runs(partsOf, begun), past })).toEqual(whole);
      expect(begun).toEqual(Array.from({ length: 20 - done }, (_, index) => 10 + done + index));
    }
  });

  it('that continues with a smaller number of failures ends at the same seed as a whole one', async () => {
    const records: SeedRecord[] = [];
    await sweep({ ...request, ...runs(everyThird), seed: (record) => void records.push(record) });
    const whole = await sweep({ ...request, bail: 2, ...runs(everyThird) });
    const past = { records, elapsedMs: 0 };
    expect(await sweep({ ...request, bail: 2, ...runs(everyThird), past })).toEqual(whole);
  });
});
