/** The history of a project: failures and marks by commit, from blobs that are made up. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeedRecord } from '../../sim/explore/seed-record.js';
import type { Blob } from '../../sim/harness/sweep/blob-file.js';
import { headerOf, seedsOfShard } from '../../sim/harness/sweep/header.js';
import { parametersOf } from '../../sim/harness/check-options.js';
import { TrendCollector } from '../../sim/harness/sweep/trend.js';
import type { Trend } from '../../sim/report/page/trend-data.js';
import { formatTrend } from '../../sim/report/trend.js';
import { lossy } from './scenarios.js';

const parameters = parametersOf(lossy, { faults: 'none' });

interface Night {
  /** The smaller, the earlier. */
  readonly day: number;
  /** How many of how many seeds fail in each way. */
  readonly failing: Readonly<Record<string, number>>;
  readonly of: number;
  readonly reached?: number;
}

function blobOf({ day, failing, of, reached = of }: Night, commit = `c${day}`): Blob {
  const ways = Object.entries(failing).flatMap(([signature, count]) =>
    Array.from({ length: count }, () => signature),
  );
  const records = Array.from({ length: of }, (_, seed): SeedRecord => {
    const signature = ways[seed];
    const marks = seed < reached ? [['rare'], []] : [[], ['rare']];
    const [got = [], missed = []] = marks;
    return {
      ...{ seed, counters: {}, reached: got, missed },
      ...(signature === undefined
        ? {}
        : {
            finding: {
              ...{ verdict: 'violated' as const, signature },
              ...{ message: `${signature} at ${commit}`, replay: `sim --seed ${seed}` },
            },
          }),
    };
  });
  const header = headerOf({
    ...{ scenarios: [parameters], backend: 'simulated', words: [], shard: undefined, bail: Infinity },
    seeds: { first: 0, last: of - 1 },
    origin: { commit, startedAt: new Date(day * 86_400_000).toISOString() },
  });
  const end = { kind: 'end', scenario: 0, wallTimeMs: 1, outOfTime: false } as const;
  return { name: `${commit}.blob`, header, parts: new Map([[0, { records, end }]]) };
}

function trendOf(nights: readonly Night[]): Trend {
  const collector = new TrendCollector();
  for (const night of nights) collector.add(blobOf(night));
  return collector.trend;
}

const stateAfter = (...counts: readonly number[]) =>
  trendOf(
    counts.map((count, day) => ({ day, of: 100, failing: count === 0 ? {} : { bug: count } })),
  ).failures.map(({ state }) => state);

describe('a failure', () => {
  it.each([
    [[0, 1], 'new'],
    [[1], 'open'],
    [[2, 1], 'open'],
    [[0, 2, 1], 'open'],
    [[1, 0, 1], 'back'],
    [[1, 0, 1, 1], 'open'],
    // One expects 2 of 200 seeds, and 3 of 300.
    [[1, 0, 0], 'not seen'],
    [[1, 0, 0, 0], 'gone'],
    [[3, 0], 'gone'],
    [[2, 0], 'not seen'],
    // The rate is that between the first and the last failure: here 2 of 300 seeds.
    [[1, 0, 1, 0, 0, 0, 0], 'not seen'],
    [[1, 0, 1, 0, 0, 0, 0, 0], 'gone'],
  ])('with %j of 100 seeds at each commit is %s', (counts, state) => {
    expect(stateAfter(...counts)).toEqual([state]);
  });

  it('has the message and the command of its newest seed', () => {
    const { failures } = trendOf([
      { day: 1, of: 10, failing: { bug: 2 } },
      { day: 2, of: 10, failing: { bug: 1 } },
    ]);
    expect(failures[0]).toMatchObject({ message: 'bug at c2', replay: 'sim --seed 0', scenario: 'lossy' });
    expect(failures[0]?.shares).toEqual([
      { seeds: 2, of: 10 },
      { seeds: 1, of: 10 },
    ]);
  });

  it('is not judged by sweeps of other scenarios', () => {
    const collector = new TrendCollector();
    collector.add(blobOf({ day: 1, of: 10, failing: { bug: 5 } }));
    const other = blobOf({ day: 2, of: 10, failing: {} });
    const [scenario] = other.header.scenarios;
    if (scenario === undefined) throw new Error('it has a scenario');
    collector.add({ ...other, header: { ...other.header, scenarios: [{ ...scenario, name: 'other' }] } });
    const [failure] = collector.trend.failures;
    expect(failure?.shares).toEqual([{ seeds: 5, of: 10 }, null]);
    expect(failure?.state).toBe('open');
  });

  it('comes before others where it is new', () => {
    const { failures } = trendOf([
      { day: 1, of: 100, failing: { a: 1, b: 50 } },
      { day: 2, of: 100, failing: { a: 1, c: 1 } },
    ]);
    expect(failures.map(({ signature, state }) => `${state} ${signature}`)).toEqual([
      'new c',
      'open a',
      'gone b',
    ]);
  });
});

it('a mark is lost where the newest sweep does not reach it any more', () => {
  const lostAfter = (...reached: readonly number[]) =>
    trendOf(reached.map((count, day) => ({ day, of: 10, failing: {}, reached: count }))).marks[0]?.isLost;
  expect([lostAfter(3, 0), lostAfter(0, 3), lostAfter(0, 0), lostAfter(3, 0, 1)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

it('parts of one commit count together, in any order', () => {
  const night = fc.record({
    day: fc.integer({ min: 0, max: 3 }),
    of: fc.integer({ min: 5, max: 20 }),
    failing: fc.dictionary(fc.constantFrom('a', 'b'), fc.integer({ min: 1, max: 2 })),
  });
  const shuffled = fc
    .array(night, { minLength: 1, maxLength: 8 })
    .chain((nights) =>
      fc.tuple(
        fc.constant(nights),
        fc.shuffledSubarray(nights, { minLength: nights.length, maxLength: nights.length }),
      ),
    );
  fc.assert(
    fc.property(shuffled, ([nights, others]) => {
      const trend = trendOf(nights);
      expect(trendOf(others)).toEqual(trend);
      const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
      expect(sum(trend.commits.map(({ seedsRun }) => seedsRun))).toBe(sum(nights.map(({ of }) => of)));
      expect(sum(trend.commits.map(({ seedsFailed }) => seedsFailed))).toBe(
        sum(nights.map(({ failing }) => sum(Object.values(failing)))),
      );
      expect(trend.commits.map(({ commit }) => commit)).toEqual(
        [...new Set(nights.map(({ day }) => `c${day}`))].sort(),
      );
    }),
  );
});

describe('parts of a sweep without a blob', () => {
  const part = (index: number, of: number, startedAt = '2026-01-01T00:00:00.000Z'): Blob => {
    const seeds = { first: 0, last: 5 };
    const { header, ...blob } = blobOf({ day: 1, of: 6, failing: {} });
    const [records, end] = [blob.parts.get(0)?.records ?? [], blob.parts.get(0)?.end];
    const own = seedsOfShard(seeds, { index, of });
    const kept = records.filter(({ seed }) => seed >= own.first && seed <= own.last);
    return {
      ...blob,
      header: {
        ...{ ...header, seeds, shard: { index, of }, words: [`--shard ${index}/${of}`] },
        origin: { commit: 'c1', startedAt },
      },
      parts: new Map([[0, { records: kept, ...(end === undefined ? {} : { end }) }]]),
    };
  };
  const trendIn = (...blobs: readonly Blob[]) => {
    const collector = new TrendCollector();
    for (const blob of blobs) collector.add(blob);
    return collector.trend;
  };
  const later = '2026-01-02T00:00:00.000Z';

  it.each<[string, readonly Blob[], number]>([
    ['none', [part(1, 2), part(2, 2, later)], 0],
    ['one', [part(1, 3), part(3, 3)], 1],
    ['all but one', [part(2, 3)], 2],
    ['one of the two times that it ran', [part(1, 2), part(2, 2), part(2, 2, later)], 1],
    ['one of each of two sweeps', [part(1, 2), part(1, 3), part(2, 3)], 2],
    ['none where it has no parts', [blobOf({ day: 1, of: 6, failing: {} })], 0],
  ])('are counted: %s', (_, blobs, count) => {
    expect(trendIn(...blobs).commits.map(({ partsMissing }) => partsMissing)).toEqual([count]);
    expect(trendIn(...blobs.toReversed())).toEqual(trendIn(...blobs));
  });

  it('are named behind the commit', () => {
    const text = formatTrend(trendIn(part(2, 3)), { color: false, width: 100 });
    expect(text).toMatch(/^ {2}c1 .* 2 parts missing$/m);
    expect(formatTrend(trendIn(part(1, 1)), { color: false, width: 100 })).not.toContain('missing');
  });
});

it('a blob that names no commit is refused', () => {
  const blob = blobOf({ day: 1, of: 1, failing: {} });
  const { origin: _origin, ...header } = blob.header;
  expect(() => new TrendCollector().add({ ...blob, header })).toThrow(
    '"c1.blob" names no commit: expected a sweep in a Git checkout, or one with --commit',
  );
});

it.each([
  ['without a scenario', () => new Map(), 'ends before its first scenario'],
  ['without its end', (records: readonly SeedRecord[]) => new Map([[0, { records }]]), 'ends before lossy'],
])('a blob %s is refused, since it says less than it ran', (_, partsOf, message) => {
  const blob = blobOf({ day: 1, of: 3, failing: {} });
  const parts = partsOf(blob.parts.get(0)?.records ?? []);
  expect(() => new TrendCollector().add({ ...blob, parts })).toThrow(message);
});

it('a blob with a seed twice is refused', () => {
  const blob = blobOf({ day: 1, of: 3, failing: {} });
  const part = blob.parts.get(0);
  if (part === undefined) throw new Error('it has a part');
  const twice = { ...part, records: [...part.records, ...part.records] };
  expect(() => new TrendCollector().add({ ...blob, parts: new Map([[0, twice]]) })).toThrow(
    'seed 0 is out of its place',
  );
});

describe('as text', () => {
  const style = { color: false, width: 100 };

  it('has a table of commits that fits into 40 columns', () => {
    const nights = [{ day: 1, of: 1200, failing: { old: 40 } }];
    const collector = new TrendCollector();
    for (const night of nights) collector.add(blobOf(night, 'a0b1c2d3e4f5a0b1c2d3e4f5'));
    const lines = formatTrend(collector.trend, { ...style, width: 40 }).split('\n');
    const table = lines.slice(2, 4);
    expect(table[1]).toMatch(/^ {2}a0b1c2d3e… +1,200 +40 +1$/);
    for (const line of table) expect(line.length).toBeLessThanOrEqual(40);
  });

  it('has the newest commit first, and each failure with its history and its command', () => {
    const text = formatTrend(
      trendOf([
        { day: 1, of: 100, failing: { old: 40, open: 1 } },
        { day: 2, of: 1000, failing: { open: 2, fresh: 1 }, reached: 0 },
      ]),
      style,
    );
    expect(text.indexOf('c2 ')).toBeLessThan(text.indexOf('c1 '));
    for (const part of [
      'trend · 2 commits · 1,100 seeds',
      '1970-01-03 00:00',
      'new  lossy · fresh\n    1 of 1,000 seeds at c2, none of 100 before\n',
      'open  lossy · open\n    2 of 1,000 seeds at c2, 1 of 100 seeds before, first at c1\n',
      'gone  lossy · old\n    none of 1,000 seeds since c1; 40 of 100 seeds until then\n',
      '    sim --seed 0\n',
      'lossy · rare: none of 1,000 seeds since; 100 of 100 seeds at c1\n',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('says so where nothing fails', () => {
    expect(formatTrend(trendOf([{ day: 1, of: 7, failing: {} }]), style)).toContain(
      'none in the newest sweeps',
    );
  });
});
