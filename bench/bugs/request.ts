/** The arguments of `npm run bench:bugs`. Invariant: invalid ones are refused in one line. */
import { parseArgs } from 'node:util';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { baselines } from './baseline/index.js';
import { ways, type Cell, type Way } from './cells.js';

export interface BugsRequest {
  readonly cells: readonly Cell[];
  readonly workers: number;
  /** Where to write the measurements. */
  readonly json: string | undefined;
  /** Existing measurements for the tables, instead of new ones. */
  readonly from: string | undefined;
  /** Whether docs/benchmarks.md gets the tables. */
  readonly write: boolean;
}

/** A start may take this many times the seeds that a sweep may. */
const ALLOWANCE = 4;
const SEEDS_USUAL = 100;
/** The minimum for a start of the baseline. */
const BASELINE_RUNS_MIN = 1000;

/** @throws Error */
export function parseRequest(words: readonly string[], specimens: readonly Scenario[]): BugsRequest {
  const { values } = parseArgs({
    args: [...words],
    options: {
      starts: { type: 'string', default: '20' },
      shrinks: { type: 'string', default: '5' },
      specimen: { type: 'string', multiple: true, default: [] },
      strategy: { type: 'string', multiple: true, default: [] },
      budget: { type: 'string' },
      workers: { type: 'string', default: '2' },
      json: { type: 'string' },
      from: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const names = specimens.map(({ name }) => name);
  const chosen = choose('specimen', values.specimen, names);
  const chosenWays = choose<Way>('strategy', values.strategy, ways);
  const starts = parseCount('starts', values.starts, 1);
  const shrinks = parseCount('shrinks', values.shrinks, 0);
  const budget = values.budget === undefined ? undefined : parseCount('budget', values.budget, 1);
  const subjects = specimens.filter(({ name }) => chosen.includes(name));
  const detections = subjects.flatMap(({ name, caughtWithinSeeds = SEEDS_USUAL }) => {
    const allowed = ALLOWANCE * caughtWithinSeeds;
    const ownWays = chosenWays.filter((way) => way !== 'fast-check' || Object.hasOwn(baselines, name));
    return ownWays.map((way): Cell => {
      const usual = way === 'fast-check' ? Math.max(BASELINE_RUNS_MIN, allowed) : allowed;
      return { kind: 'detection', specimen: name, way, starts, runsMax: budget ?? usual };
    });
  });
  const shrinkings = subjects.map(({ name }): Cell => {
    return { kind: 'shrinking', specimen: name, starts: shrinks };
  });
  const { json, from, write } = values;
  const cells = shrinks === 0 ? detections : [...detections, ...shrinkings];
  return { cells, workers: parseCount('workers', values.workers, 1), json, from, write };
}

/** All of them if none is named. */
function choose<T extends string>(flag: string, given: readonly string[], known: readonly T[]): readonly T[] {
  const unknown = given.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined)
    throw new Error(`--${flag}: expected one of ${known.join(', ')}, got ${unknown}`);
  return given.length === 0 ? known : known.filter((name) => given.includes(name));
}

function parseCount(flag: string, text: string, min: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= min) return count;
  throw new Error(`--${flag}: expected a whole number from ${min} on, got ${text}`);
}
