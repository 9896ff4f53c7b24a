/**
 * The history of a project from the blobs of its sweeps. Invariant: the result depends on the blobs alone and not on their
 * order; parts of a sweep, and several sweeps of one commit, count together.
 */
import { Tally } from '../../explore/tally.js';
import { canonicalJson } from '../../input/canonical-json.js';
import { InputError, quote } from '../../input/parsed.js';
import { failureKindOf } from '../../run/signature.js';
import { firstMessage } from '../../run/first-finding.js';
import {
  trendStates,
  type Share,
  type Trend,
  type TrendFailure,
  type TrendMark,
  type TrendState,
} from '../../report/page/trend-data.js';
import type { Blob, BlobPart } from './blob-file.js';
import type { SweepHeader } from './header.js';
import { expectSeeds } from './merge.js';

/**
 * A failure is gone where its rate before lets one expect so many among the seeds since. Fewer than one in twenty of such
 * absences are luck: e to the power of -3.
 */
const EXPECTED_MIN = 3;

interface Failing {
  readonly verdict: TrendFailure['verdict'];
  readonly message: string;
  readonly replay: string;
  readonly startedAt: string;
  /** Orders failures that began at once. */
  readonly place: string;
  readonly seeds: number;
}

/** What one commit has shown of a scenario. */
interface Shown {
  seedsRun: number;
  seedsFailed: number;
  seedsLost: number;
  readonly failures: Map<string, Failing>;
  readonly marks: Map<string, { seeds: number; of: number }>;
}

interface Commit {
  readonly commit: string;
  startedAt: string;
  readonly scenarios: Map<string, Shown>;
  /** Of each sweep in parts, how many blobs there are of each part. */
  readonly parts: Map<string, number[]>;
}

/** Adds up blobs, of which it keeps no run. */
export class TrendCollector {
  readonly #commits = new Map<string, Commit>();

  /** @throws InputError where the blob does not say what it ran on */
  add(blob: Blob): void {
    const { name, header, parts } = blob;
    const { origin } = header;
    if (origin === undefined) {
      throw new InputError(
        `${quote(name, 200)} names no commit: expected a sweep in a Git checkout, or one with --commit`,
      );
    }
    if (parts.size === 0) throw new InputError(`${quote(name, 200)} ends before its first scenario`);
    for (const [index, part] of parts) {
      const scenario = header.scenarios[index]?.name ?? '';
      if (part.end === undefined) throw new InputError(`${quote(name, 200)} ends before ${scenario}`);
      expectSeeds(blob, part);
    }
    const found = this.#commits.get(origin.commit);
    const commit = found ?? { ...origin, scenarios: new Map<string, Shown>(), parts: new Map() };
    this.#commits.set(origin.commit, commit);
    if (origin.startedAt < commit.startedAt) commit.startedAt = origin.startedAt;
    addToParts(commit.parts, header);
    for (const [index, part] of parts) {
      const scenario = header.scenarios[index]?.name ?? '';
      const shown = commit.scenarios.get(scenario) ?? nothing();
      commit.scenarios.set(scenario, shown);
      addPart(shown, part, origin.startedAt);
    }
  }

  get trend(): Trend {
    const place = ({ startedAt, commit }: Commit) => `${startedAt} ${commit}`;
    const commits = [...this.#commits.values()].sort((one, other) => (place(one) < place(other) ? -1 : 1));
    return {
      commits: commits.map(({ commit, startedAt, scenarios, parts }) => {
        const all = [...scenarios.values()];
        const sum = (of: (shown: Shown) => number) => all.reduce((total, shown) => total + of(shown), 0);
        return {
          ...{ commit, startedAt },
          seedsRun: sum(({ seedsRun }) => seedsRun),
          seedsFailed: sum(({ seedsFailed }) => seedsFailed),
          kinds: sum(({ failures }) => failures.size),
          seedsLost: sum(({ seedsLost }) => seedsLost),
          partsMissing: [...parts.values()].reduce((total, blobs) => total + missingOf(blobs), 0),
        };
      }),
      failures: scenariosOf(commits)
        .flatMap((scenario) => failuresOf(scenario, commits))
        .sort(byState),
      marks: scenariosOf(commits)
        .flatMap((scenario) => marksOf(scenario, commits))
        .sort((one, other) => Number(other.isLost) - Number(one.isLost)),
    };
  }
}

function addToParts(parts: Commit['parts'], header: SweepHeader): void {
  const { shard } = header;
  if (shard === undefined) return;
  // What differs between the parts of one sweep says nothing about the whole.
  const whole = canonicalJson({ ...header, shard: { index: 1, of: shard.of }, words: [], origin: null });
  const blobs = parts.get(whole) ?? Array.from({ length: shard.of }, () => 0);
  blobs[shard.index - 1] = (blobs[shard.index - 1] ?? 0) + 1;
  parts.set(whole, blobs);
}

/** The same seeds may have run several times. */
function missingOf(blobs: readonly number[]): number {
  const times = blobs.reduce((most, count) => Math.max(most, count), 0);
  return blobs.reduce((sum, count) => sum + times - count, 0);
}

function nothing(): Shown {
  return { seedsRun: 0, seedsFailed: 0, seedsLost: 0, failures: new Map(), marks: new Map() };
}

function addPart(shown: Shown, { records, known }: BlobPart, startedAt: string): void {
  const tally = new Tally({ scenario: '', seedsPlanned: records.length, bail: Infinity });
  for (const record of records) tally.add(record);
  const { seedsRun, lost, marks } = tally.result({ wallTimeMs: 0, interrupted: false, outOfTime: false });
  shown.seedsRun += seedsRun;
  shown.seedsLost += lost.length;
  const add = (
    signature: string,
    count: number,
    { verdict, message, replay }: Pick<Failing, 'verdict' | 'message' | 'replay'>,
    rank = 0,
  ) => {
    const before = shown.failures.get(signature);
    // The latest sweep tells it; of two that began at once, the one whose words come first.
    const place = `${rank} ${message} ${replay}`;
    const isLater =
      before === undefined ||
      startedAt > before.startedAt ||
      (startedAt === before.startedAt && place < before.place);
    const told = isLater ? { verdict, message, replay, startedAt, place } : before;
    shown.failures.set(signature, { ...told, seeds: (before?.seeds ?? 0) + count });
  };
  for (const { first, seeds } of tally.failureKinds()) {
    add(first.signature, seeds.length, first);
    shown.seedsFailed += seeds.length;
  }
  // A kept failure that still fails is no seed, and may have ended the sweep before its first one.
  if (known !== undefined && known.verdict !== 'satisfied') {
    const { verdict, replay } = known;
    const signature = failureKindOf(known);
    const isSeen = shown.failures.has(signature);
    if (!isSeen) add(signature, 1, { verdict, message: firstMessage(known), replay }, 1);
  }
  for (const { mark, reached, possible } of marks) {
    const { seeds, of } = shown.marks.get(mark) ?? { seeds: 0, of: 0 };
    shown.marks.set(mark, { seeds: seeds + reached, of: of + possible });
  }
}

/** Sorted. */
function scenariosOf(commits: readonly Commit[]): string[] {
  return sorted(commits.flatMap(({ scenarios }) => [...scenarios.keys()]));
}

function sorted(names: Iterable<string>): string[] {
  return [...new Set(names)].sort();
}

function failuresOf(scenario: string, commits: readonly Commit[]): TrendFailure[] {
  const shown = commits.map(({ scenarios }) => scenarios.get(scenario));
  return sorted(shown.flatMap((one) => [...(one?.failures.keys() ?? [])])).flatMap((signature) => {
    const latest = shown.findLast((one) => one?.failures.has(signature))?.failures.get(signature);
    if (latest === undefined) return [];
    const shares = shown.map((one) =>
      one === undefined ? null : shareOf(one.failures.get(signature)?.seeds ?? 0, one.seedsRun),
    );
    const { verdict, message, replay } = latest;
    return { scenario, signature, verdict, ...historyOf(shares), shares, message, replay };
  });
}

/** A kept failure counts as one, also where no seed ran. */
function shareOf(seeds: number, of: number): Share {
  return { seeds, of: Math.max(seeds, of) };
}

function historyOf(shares: readonly (Share | null)[]): { state: TrendState; seedsSince: number } {
  const ran = shares.filter((share) => share !== null);
  const fails = ({ seeds }: Share) => seeds > 0;
  const [first, last] = [ran.findIndex(fails), ran.findLastIndex(fails)];
  const seedsSince = seedsOf(ran.slice(last + 1));
  if (last === ran.length - 1) {
    const before = ran[last - 1];
    const isOpen = before === undefined || fails(before);
    return { state: isOpen ? 'open' : first < last ? 'back' : 'new', seedsSince };
  }
  const during = ran.slice(first, last + 1);
  const failed = during.reduce((sum, { seeds }) => sum + seeds, 0);
  const expected = (failed / seedsOf(during)) * seedsSince;
  return { state: expected >= EXPECTED_MIN ? 'gone' : 'not seen', seedsSince };
}

function seedsOf(shares: readonly Share[]): number {
  return shares.reduce((sum, { of }) => sum + of, 0);
}

/** Violations before what is inconclusive; the sort keeps the order of scenarios and signatures. */
function byState(one: TrendFailure, other: TrendFailure): number {
  const place = ({ state, verdict }: TrendFailure) =>
    trendStates.indexOf(state) * 2 + (verdict === 'violated' ? 0 : 1);
  return place(one) - place(other);
}

function marksOf(scenario: string, commits: readonly Commit[]): TrendMark[] {
  const shown = commits.map(({ scenarios }) => scenarios.get(scenario));
  return sorted(shown.flatMap((one) => [...(one?.marks.keys() ?? [])])).map((mark) => {
    const shares = shown.map((one) => one?.marks.get(mark) ?? null);
    const possible = shares.filter((share) => share !== null);
    const newest = possible.at(-1);
    const isLost = newest?.seeds === 0 && possible.some(({ seeds }) => seeds > 0);
    return { scenario, mark, isLost, shares };
  });
}
