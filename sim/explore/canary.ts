/**
 * A canary checks that a sweep still catches deliberate defects, and after how many seeds. Invariant: a
 * missed specimen is reported, never left out.
 */
import type { RunResult } from '../run/run-result.js';
import { firstMessage } from '../run/first-finding.js';

export interface CanaryRequest {
  readonly specimen: string;
  /** How many times the sweep restarts, each time with other seeds. */
  readonly starts: number;
  /** The first seed of the first start; the others begin {@link START_STRIDE} apart. */
  readonly seed: number;
  /** A start that needs more seeds than this counts as missed. */
  readonly seedsMax: number;
  /** Runs one seed; may reject when the signal is aborted. */
  runSeed(seed: number): Promise<RunResult>;
  readonly signal: AbortSignal;
}

/** One start. */
export type CanaryStart =
  | { readonly kind: 'caught'; readonly seedsRun: number; readonly seed: number; readonly message: string }
  | { readonly kind: 'missed'; readonly seedsRun: number };

export interface CanaryResult {
  readonly specimen: string;
  readonly seedsMax: number;
  readonly starts: readonly CanaryStart[];
}

/** How far apart the seeds of two starts are. */
export const START_STRIDE = 100_000;

/** Runs every start until the specimen is caught. Rejects with the signal's reason when it is aborted. */
export async function canary(request: CanaryRequest): Promise<CanaryResult> {
  const { specimen, seedsMax } = request;
  const starts: CanaryStart[] = [];
  for (let index = 0; index < request.starts; index++) {
    starts.push(await start(request, request.seed + index * START_STRIDE));
  }
  return { specimen, seedsMax, starts };
}

async function start({ seedsMax, runSeed, signal }: CanaryRequest, first: number): Promise<CanaryStart> {
  for (let seedsRun = 1; seedsRun <= seedsMax; seedsRun++) {
    signal.throwIfAborted();
    const seed = first + seedsRun - 1;
    const result = await runSeed(seed);
    if (result.verdict === 'violated') {
      return { kind: 'caught', seedsRun, seed, message: firstMessage(result) };
    }
  }
  return { kind: 'missed', seedsRun: seedsMax };
}

/** Seeds to the first detection: the median of all starts, with a missed one above all others. */
export function medianSeeds({ starts }: CanaryResult): number | undefined {
  const needed = starts
    .map((one) => (one.kind === 'caught' ? one.seedsRun : Infinity))
    .sort((left, right) => left - right);
  const middle = needed[Math.floor((needed.length - 1) / 2)] ?? Infinity;
  return middle === Infinity ? undefined : middle;
}
