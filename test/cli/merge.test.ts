/** `--shard` and `sim merge`: the parts of a sweep say together what one sweep says. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobReporter, readBlob, type Blob } from '../../sim/harness/sweep/blob-file.js';
import { Checker, type SeedsOutcome } from '../../sim/harness/checker.js';
import { parametersOf } from '../../sim/harness/check-options.js';
import { headerOf, seedsOfShard, type Shard } from '../../sim/harness/sweep/header.js';
import { mergeBlobs } from '../../sim/harness/sweep/merge.js';
import { steps } from '../../sim/harness/steps.js';
import type { CheckResult } from '../../sim/check/check.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { formatJson } from '../../sim/report/json.js';
import { seedRunOf } from '../../sim/explore/seed-record.js';
import { LostRunError } from '../../sim/explore/lost-run.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { lossy } from '../harness/scenarios.js';
import { buildRun } from '../report/fixture.js';
import { simInProcess } from './in-process.js';

const folder = mkdtempSync(path.join(tmpdir(), 'sim-merge-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Without times, which differ, and without the progress. */
const timeless = (text: string): string =>
  text
    .replace(/^( *wall time).*$/gm, '$1')
    .replace(/ +/g, ' ')
    .replace(/"wallTimeMs":[\d.e+-]+/g, '"wallTimeMs":0');

const parameters = parametersOf(lossy, { faults: 'none' });

interface World {
  readonly seeds: { readonly first: number; readonly last: number };
  readonly bail: number;
  /** What became of each seed. */
  readonly kinds: readonly Kind[];
}
type Kind = 'holds' | 'fails' | 'other' | 'doubt' | 'blocked' | 'lost';

const nothing = { kind: 'nothing-succeeded', message: 'no operation succeeded', operations: [] } as const;
const broken = (name: string): CheckResult => ({
  ...{ check: name, description: '', message: 'it is wrong', operations: [], revisions: [] },
  verdict: 'violated',
});
const parts: Readonly<Record<Exclude<Kind, 'lost'>, Partial<RunResult>>> = {
  holds: { verdict: 'satisfied', checks: [] },
  fails: { verdict: 'violated', checks: [broken('one')] },
  other: { verdict: 'violated', checks: [broken('other')] },
  doubt: { verdict: 'inconclusive', checks: [], problems: [{ ...nothing, kind: 'unplanned' }] },
  blocked: {
    ...{ verdict: 'inconclusive', checks: [], problems: [nothing] },
    faults: [{ index: 0, kind: 'latency', text: 'latency', hits: 1 }],
  },
};

function runOf(seed: number, kind: Exclude<Kind, 'lost'>): RunResult {
  const base = buildRun({ operationsPerNode: 1 });
  return { ...base, problems: [], faults: [], ...parts[kind], plan: { ...base.plan, seed } };
}

/** Checks with runs made up, so that a property can try many. */
function checkPart(
  { seeds, bail, kinds }: World,
  range: World['seeds'],
  isPart: boolean,
  seen?: BlobReporter,
) {
  const run = (seed: number): RunResult => {
    const kind = kinds[seed - seeds.first] ?? 'holds';
    if (kind === 'lost') throw new LostRunError(seed, 'exit code 70');
    return runOf(seed, kind);
  };
  const checker = new Checker({
    ...{ parameters, backend: createSimulatedBackend(), bail, isPart, analysesMax: 1, shrinkRunsMax: 0 },
    ...{ explains: false, replayOf: (seed) => `sim --seed ${seed}`, replayOfFile: String, nowMs: () => 0 },
    signal: new AbortController().signal,
    // As another process answers: of a seed that holds with its record alone.
    seedRuns: {
      async run(seed) {
        const { record, result } = seedRunOf(await Promise.resolve(run(seed)));
        return record.finding === undefined ? { record } : { record, result };
      },
      hasMuted: false,
    },
    steps: { ...steps, runPlan: ({ plan }) => Promise.resolve(run(plan.seed)) },
    onProgress: (progress) => (progress.kind === 'seed' ? seen?.seed(progress.record) : undefined),
  });
  return checker.checkSeeds(range);
}

async function blobOf(world: World, shard: Shard): Promise<Blob> {
  const file = path.join(folder, `${shard.index}-${shard.of}.blob`);
  const header = headerOf({
    ...{ scenarios: [parameters], backend: 'simulated', words: [] },
    ...{ seeds: world.seeds, bail: world.bail, shard },
  });
  const reporter = new BlobReporter(file, header);
  reporter.begin();
  const range = seedsOfShard(world.seeds, shard);
  const outcome = await checkPart(world, range, true, reporter);
  reporter.scenario({ scenario: 'lossy', seeds: range, ...outcome });
  await reporter.end();
  return readBlob(file, path.basename(file));
}

const shown = ({ outcome, sweep, failures, known }: Omit<SeedsOutcome, 'differences'>) => ({
  outcome,
  sweep: sweep === undefined ? undefined : formatJson(sweep),
  first: failures[0] && { ...failures[0], result: formatJson(failures[0].result) },
  known,
});

describe('the merged parts', () => {
  it('say what one sweep over all seeds says, however it is cut', async () => {
    const kind = fc.oneof(
      { weight: 3, arbitrary: fc.constant<Kind>('holds') },
      { weight: 3, arbitrary: fc.constant<Kind>('blocked') },
      { weight: 2, arbitrary: fc.constantFrom<Kind>('fails', 'other', 'doubt', 'lost') },
    );
    const world = fc
      .record({
        first: fc.integer({ min: 0, max: 20 }),
        kinds: fc.array(kind, { minLength: 1, maxLength: 12 }),
        bail: fc.constantFrom(1, 2, 3, Infinity),
      })
      .map(({ first, kinds, bail }): World => {
        return { seeds: { first, last: first + kinds.length - 1 }, kinds, bail };
      });
    await fc.assert(
      fc.asyncProperty(world, fc.nat(), fc.context(), async (drawn, cut, context) => {
        const of = 1 + (cut % drawn.kinds.length);
        const blobs = await Promise.all(
          Array.from({ length: of }, (_, index) => blobOf(drawn, { index: index + 1, of })),
        );
        const whole = await checkPart(drawn, drawn.seeds, false);
        context.log(`${of} parts`);
        const [merged] = mergeBlobs([...blobs].reverse());
        expect(merged && shown(merged.report)).toEqual(shown(whole));
      }),
      { numRuns: 150 },
    );
  });
});

describe('sim merge', () => {
  const words = ['--scenario', 'bank', '--seeds', '9', '--set', 'variant=lost-update,transfers=4,workers=2'];
  const quick = ['--faults', 'none', '--no-shrink', '--no-explain'];
  const part = (index: number, more: readonly string[] = []) =>
    simInProcess([...words, ...quick, '--shard', `${index}/3`, '--workers', '1', ...more], folder);
  beforeAll(async () => {
    for (const index of [1, 2, 3]) await part(index);
  });
  const blob = (index: number): string => path.join('reports', 'blobs', `part-${index}-of-3.blob`);
  const merge = (...files: string[]) => simInProcess(['merge', ...files, '--no-report'], folder);

  it('prints and ends as one sweep does, in any order of its parts', async () => {
    const whole = await simInProcess([...words, ...quick, '--no-report'], folder);
    expect(whole.code).toBe(1);
    for (const files of [['reports/blobs'], [blob(3), blob(1), blob(2)]]) {
      const merged = await merge(...files);
      expect(merged.code).toBe(whole.code);
      expect(timeless(merged.stdout)).toBe(timeless(whole.stdout));
    }
    const json = await simInProcess(['merge', 'reports/blobs', '--reporter', 'json', '--no-report'], folder);
    const alone = await simInProcess([...words, ...quick, '--reporter', 'json', '--no-report'], folder);
    expect(timeless(json.stdout)).toBe(timeless(alone.stdout));
  });

  it('writes the report of the failure', async () => {
    const merged = await simInProcess(['merge', 'reports/blobs', '--out', 'merged'], folder);
    expect(merged.stderr).toContain('report: merged/');
    expect(existsSync(path.join(folder, 'merged/latest/repro.json'))).toBe(true);
    expect(existsSync(path.join(folder, 'merged/latest/index.html'))).toBe(true);
  });

  it('names parts that are missing, doubled, torn or of another sweep in one line', async () => {
    const other = path.join('other', 'part-2-of-3.blob');
    await part(2, ['--out', 'unused', '--set', 'accounts=4', '--reporter', `blob:${other}`]);
    const bytes = readFileSync(path.join(folder, blob(2)));
    const write = (name: string, content: Buffer | string) => {
      writeFileSync(path.join(folder, name), content);
      return name;
    };
    const text = gunzipSync(bytes).toString('utf8');
    const renumbered = text.replace('"format":1', '"format":7');
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[blob(1), blob(3)], /^sim: expected 3 parts of the sweep, missing 2\n$/],
      [
        [blob(1), blob(2), blob(2)],
        /^sim: "\S+part-2-of-3.blob" and "\S+part-2-of-3.blob" are both part 2 of 3\n$/,
      ],
      [
        [blob(1), other, blob(3)],
        /^sim: cannot merge "other\S+" with "\S+": options of "bank": expected \{.*\}, got \{.*\}\n$/,
      ],
      [
        [blob(1), write('torn.blob', bytes.subarray(0, 200))],
        /^sim: "torn.blob" is no blob of a sweep: .+\n$/,
      ],
      [[write('no.blob', 'nonsense')], /^sim: "no.blob" is no blob of a sweep: incorrect header check\n$/],
      [
        [write('new.blob', gzipSync(renumbered))],
        /^sim: "new.blob" is no blob of a sweep: expected format 1, got 7\n$/,
      ],
      [
        [write('odd.blob', gzipSync(text.replace('"seed":3', '"seed":"x"')))],
        /^sim: "odd.blob" is no blob of a sweep: .+\n$/,
      ],
      [['nowhere.blob'], /^sim: "nowhere.blob" is no blob of a sweep: ENOENT.*\n$/],
      [[], /^sim: expected the files of blobs after sim merge, got none\n$/],
    ];
    for (const [files, said] of cases) {
      const { code, stderr, stdout } = await merge(...files);
      expect(stderr).toMatch(said);
      expect([code, stdout]).toEqual([64, '']);
    }
  });

  it.each([
    [['--shard', '4/3'], /^sim: --shard: expected I\/N such as 2\/8, with I from 1 to N, got "4\/3"/],
    [['--shard', '0/3'], /^sim: --shard: expected I\/N/],
    [['--shard', '1'], /^sim: --shard: expected I\/N/],
    [['--shard', '1/10'], /^sim: --shard: expected at most as many parts as seeds, got 10 for 9\n/],
    [['--shard', '1/3', '--no-report'], /^sim: --no-report leaves no place for the blob/],
  ])('refuses %j', async (more, said) => {
    const { code, stderr } = await simInProcess([...words, ...more], folder);
    expect(stderr).toMatch(said);
    expect(code).toBe(64);
  });
});
