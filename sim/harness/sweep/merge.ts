/**
 * Makes one sweep of its parts. Invariant: the result is that of one sweep over all seeds, apart from times; a part that is
 * missing, doubled or of another sweep is named in one line.
 */
import { Tally, type FailureKind } from '../../explore/tally.js';
import { quote, InputError } from '../../input/parsed.js';
import { formatNoun } from '../../report/quantities.js';
import type { ReportedKind, ScenarioReport } from '../../report/reporter.js';
import type { SeedRecord } from '../../explore/seed-record.js';
import type { RunResult, Verdict } from '../../run/run-result.js';
import { outcomeOf } from '../checker.js';
import type { Blob, BlobPart } from './blob-file.js';
import { differenceOf, seedsOfShard, type SweepHeader } from './header.js';

/** A scenario of the whole, and the limits of its runs. */
export interface MergedScenario {
  readonly report: MergedReport;
  /** Of the seeds that count, in their order. */
  readonly records: readonly SeedRecord[];
  readonly budget: SweepHeader['scenarios'][number]['budget'];
}

export type MergedReport = ScenarioReport & { readonly outcome: Verdict | 'lost' };

/** The scenarios that the sweep ran, in their order. @throws InputError */
export function mergeBlobs(blobs: readonly Blob[]): MergedScenario[] {
  const ordered = expectAllParts(blobs);
  const [{ header }] = ordered;
  const merged: MergedScenario[] = [];
  let bail = header.bail ?? Infinity;
  for (const [index, { name, budget }] of header.scenarios.entries()) {
    const { violated, ...scenario } = mergeScenario({ blobs: ordered, index, name, bail });
    merged.push({ ...scenario, budget });
    bail -= violated;
    if (bail <= 0) break;
  }
  return merged;
}

interface MergeRequest {
  readonly blobs: readonly Blob[];
  /** Its place in the header. */
  readonly index: number;
  readonly name: string;
  readonly bail: number;
}

function mergeScenario({
  blobs,
  index,
  name,
  bail,
}: MergeRequest): Omit<MergedScenario, 'budget'> & { readonly violated: number } {
  const seeds = blobs[0]?.header.seeds ?? { first: 0, last: 0 };
  const known = blobs.map(({ parts }) => parts.get(index)?.known).find((result) => result !== undefined);
  const whole = { scenario: name, seeds, known, differences: [] };
  if (known !== undefined && bail <= 1) {
    const sources = sourcesIn(blobs.flatMap(({ parts }) => parts.get(index) ?? []));
    return { report: { ...whole, outcome: 'violated', failures: [], sources }, records: [], violated: bail };
  }
  const tally = new Tally({ scenario: name, seedsPlanned: seeds.last - seeds.first + 1, bail });
  const parts: BlobPart[] = [];
  const records: SeedRecord[] = [];
  let outOfTime = false;
  for (const blob of blobs) {
    // One sweep over all seeds would have ended here.
    if (tally.isOver) break;
    const part = blob.parts.get(index);
    if (part?.end === undefined) throw new InputError(`${quote(blob.name, 200)} ends before ${name}`);
    expectSeeds(blob, part);
    parts.push(part);
    for (const record of part.records) {
      if (tally.isOver) break;
      tally.add(record);
      records.push(record);
    }
    if (!tally.isOver) outOfTime ||= part.end.outOfTime;
  }
  const wallTimeMs = Math.max(0, ...parts.map(({ end }) => end?.wallTimeMs ?? 0));
  const swept = tally.result({ wallTimeMs, interrupted: false, outOfTime });
  const [first] = tally.failureKinds();
  const failures = first === undefined ? [] : [failureOf(first, parts)];
  const [shown] = failures;
  return {
    report: {
      ...whole,
      outcome: outcomeOf(swept, known),
      sweep: shown === undefined ? swept : { ...swept, firstFailure: shown.result },
      failures,
      sources: sourcesIn(parts),
    },
    records,
    violated: tally.violated,
  };
}

function sourcesIn(parts: readonly BlobPart[]): NonNullable<ScenarioReport['sources']> {
  return Object.fromEntries(parts.flatMap(({ end }) => Object.entries(end?.sources ?? {})));
}

/** The part in which the first failure of the whole is: there, it is the first too. */
function failureOf({ first, seeds }: FailureKind, parts: readonly BlobPart[]): ReportedKind {
  const isIts = (result: RunResult | undefined) => result?.plan.seed === first.seed;
  const failure = parts.map((part) => part.failure).find((one) => isIts(one?.result));
  if (failure === undefined) throw new InputError(`no blob has the run of seed ${first.seed}, which failed`);
  const { result, shrunk, explanation } = failure;
  return { signature: first.signature, seeds, result, shrunk, explanation };
}

/** In the order of their seeds. @throws InputError */
function expectAllParts(blobs: readonly Blob[]): readonly [Blob, ...Blob[]] {
  const [first] = blobs;
  if (first === undefined) throw new InputError('expected the files of blobs, got none');
  const byIndex = new Map<number, Blob>();
  const of = partOf(first).of;
  for (const blob of blobs) {
    const differs = (what: string) =>
      new InputError(`cannot merge ${quote(blob.name, 200)} with ${quote(first.name, 200)}: ${what}`);
    const difference = differenceOf(first.header, blob.header);
    if (difference !== undefined) throw differs(difference);
    const [bail, other] = [first.header.bail ?? 'none', blob.header.bail ?? 'none'];
    if (bail !== other) throw differs(`bail: expected ${bail}, got ${other}`);
    const part = partOf(blob);
    if (part.of !== of) throw differs(`expected a part of ${of}, got one of ${part.of}`);
    const same = byIndex.get(part.index);
    if (same !== undefined) {
      const both = `${quote(same.name, 200)} and ${quote(blob.name, 200)}`;
      throw new InputError(`${both} are both part ${part.index} of ${of}`);
    }
    byIndex.set(part.index, blob);
  }
  const all = Array.from({ length: of }, (_, index) => index + 1);
  const missing = all.filter((index) => !byIndex.has(index));
  if (missing.length > 0) {
    const which = missing.slice(0, 10).join(', ') + (missing.length > 10 ? ', …' : '');
    throw new InputError(`expected ${formatNoun(of, 'part')} of the sweep, missing ${which}`);
  }
  const [one, ...others] = all.map((index) => byIndex.get(index) ?? first);
  return [one ?? first, ...others];
}

function partOf({ header: { shard } }: Blob): { readonly index: number; readonly of: number } {
  return shard ?? { index: 1, of: 1 };
}

/** That a part holds the first of its seeds, in their order. @throws InputError */
export function expectSeeds({ name, header }: Blob, { records }: BlobPart): void {
  const { first, last } = seedsOfShard(header.seeds, header.shard ?? { index: 1, of: 1 });
  const wrong = records.find(({ seed }, index) => seed !== first + index || seed > last);
  if (wrong === undefined) return;
  throw new InputError(`${quote(name, 200)} is no blob of a sweep: seed ${wrong.seed} is out of its place`);
}
