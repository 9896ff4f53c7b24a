/**
 * Differential conformance. Sequences of commands, drawn from a seed, run on the in-memory etcd and on a real
 * one until enough commands have shown no difference. A difference is shrunk. Invariant: a sequence and its
 * comparison follow from its own seed alone, so the first sequence of that seed shows the difference again.
 */
import fc from 'fast-check';
import type { Command } from './command.js';
import { sequence as anySequence } from './draw-commands.js';
import { SideFailure } from './own-calls.js';
import type { Pair } from './pair.js';
import { runSequence, type SequenceDifference } from './run-sequence.js';

export interface ConformanceRequest {
  readonly seed: number;
  /** Ends after the sequence with which this many commands have run. */
  readonly commands: number;
  /** Pairs of etcds; sequences run on all of them at the same time. */
  readonly pairs: readonly Pair[];
  readonly signal?: AbortSignal | undefined;
  /** The source of sequences; by default all kinds. */
  readonly sequence?: fc.Arbitrary<readonly Command[]> | undefined;
  /** Called after each sequence with the totals so far. */
  progress?(commands: number, sequences: number): void;
}

export type ConformanceResult =
  | { readonly kind: 'same'; readonly commands: number; readonly sequences: number }
  | {
      readonly kind: 'different';
      readonly commands: number;
      readonly sequences: number;
      /** The seed whose first sequence this is. */
      readonly seed: number;
      /** The sequence as it was drawn. */
      readonly drawn: readonly Command[];
      /** The shortest one found that shows a difference. */
      readonly shrunk: readonly Command[];
      readonly difference: SequenceDifference;
    };

/**
 * Runs until a first difference; of several, the earliest sequence's counts. Rejects with the signal's
 * reason.
 */
export async function runConformance(request: ConformanceRequest): Promise<ConformanceResult> {
  const { seed, pairs, signal, sequence = anySequence, progress } = request;
  const failures: Failure[] = [];
  let commands = 0;
  let sequences = 0;
  const work = async (pair: Pair): Promise<void> => {
    while (commands < request.commands && failures.length === 0) {
      signal?.throwIfAborted();
      const index = sequences++;
      const drawn = drawSequence(sequence, sequenceSeed(seed, index));
      const shown = await attempt(pair, drawn);
      commands += drawn.length;
      if (shown !== undefined) failures.push({ index, drawn, shown, pair });
      progress?.(commands, sequences);
    }
  };
  await Promise.all(pairs.map(work));
  const [first] = failures.sort((left, right) => left.index - right.index);
  if (first === undefined) return { kind: 'same', commands, sequences };
  const own = sequenceSeed(seed, first.index);
  const shrunk = first.shown.ended ? first.shown : await shrink(sequence, own, first, signal);
  const { difference } = shrunk;
  return {
    kind: 'different',
    commands,
    sequences,
    seed: own,
    drawn: first.drawn,
    shrunk: shrunk.commands.slice(0, difference.command + 1),
    difference,
  };
}

/** A run of commands that showed a difference. */
interface Shown {
  readonly commands: readonly Command[];
  readonly difference: SequenceDifference;
  /** The difference ended the real etcd, so nothing more can be tried. */
  readonly ended: boolean;
}

interface Failure {
  readonly index: number;
  readonly drawn: readonly Command[];
  readonly shown: Shown;
  readonly pair: Pair;
}

async function attempt(pair: Pair, commands: readonly Command[]): Promise<Shown | undefined> {
  try {
    const difference = await runSequence(pair, commands);
    return difference === undefined ? undefined : { commands, difference, ended: false };
  } catch (error) {
    if (!(error instanceof SideFailure)) throw error;
    const difference = {
      where: 'the server',
      inMemory: 'answers',
      real: error.message,
      command: commands.length,
    };
    return { commands, difference, ended: true };
  }
}

function drawSequence(sequence: fc.Arbitrary<readonly Command[]>, seed: number): readonly Command[] {
  let drawn: readonly Command[] = [];
  fc.check(
    fc.property(sequence, (commands) => {
      drawn = commands;
    }),
    { seed, numRuns: 1 },
  );
  return drawn;
}

/**
 * How many sequences are tried to find a shorter one: a limit on work, not time, so that a slow machine finds
 * the same.
 */
const SHRINK_ATTEMPTS_MAX = 1_500;

/** The shortest run that still shows a difference. */
async function shrink(
  sequence: fc.Arbitrary<readonly Command[]>,
  seed: number,
  { shown, pair }: Failure,
  signal?: AbortSignal,
): Promise<Shown> {
  let shortest = shown;
  let isFirst = true;
  let attempts = 0;
  let over = false;
  let broken: { readonly error: unknown } | undefined;
  pair.real.side.hurry();
  const property = fc.asyncProperty(sequence, async (commands) => {
    signal?.throwIfAborted();
    if (isFirst) {
      // It has failed once, and need not fail again.
      isFirst = false;
      return false;
    }
    if (over || attempts === SHRINK_ATTEMPTS_MAX) return true;
    attempts++;
    try {
      const again = await attempt(pair, commands);
      // The previous command ended etcd, or the culprit is unknown.
      if (again?.ended) over = true;
      else if (again !== undefined) shortest = again;
      return again === undefined || over;
    } catch (error) {
      broken = { error };
      over = true;
      return true;
    }
  });
  await fc.check(property, { seed, numRuns: 1 });
  signal?.throwIfAborted();
  if (broken !== undefined) throw broken.error;
  return shortest;
}

/** The first sequence has the seed itself; the others are spread, so that neighbouring seeds share none. */
function sequenceSeed(seed: number, index: number): number {
  if (index === 0) return seed;
  let mixed = (seed ^ Math.imul(index, 0x9e37_79b1)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35) >>> 0;
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
