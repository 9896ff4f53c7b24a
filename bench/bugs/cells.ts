/**
 * The measurements, divided into cells that a worker does one at a time: a specimen with one way of
 * searching, or the result of shrinking it. All of it is plain data, because it passes between processes and
 * into a file.
 */
import { strategyNames, type StrategyName } from '../../sim/explore/strategies/strategy-selection.js';

/** A strategy of the simulator or the mix of them, or fast-check alone. */
export type StrategyWay = StrategyName | 'mix';
export type Way = StrategyWay | 'fast-check';
export const strategyWays: readonly StrategyWay[] = [...strategyNames, 'mix'];
export const ways: readonly Way[] = [...strategyWays, 'fast-check'];

export interface DetectionCell {
  readonly kind: 'detection';
  readonly specimen: string;
  readonly way: Way;
  readonly starts: number;
  /** A start that needs more counts as missed. */
  readonly runsMax: number;
}

export interface ShrinkingCell {
  readonly kind: 'shrinking';
  readonly specimen: string;
  readonly starts: number;
}

export type Cell = DetectionCell | ShrinkingCell;

/** One start of a search. */
export interface Detection {
  readonly caught: boolean;
  readonly seeds: number;
  readonly runs: number;
  readonly cpuSeconds: number;
}

/** One failure and the smallest one that shrinking made of it. */
export interface Shrinking {
  readonly operations: number;
  readonly faults: number;
  readonly nodes: number;
  readonly runs: number;
  /** False if it ended because it had no runs left. */
  readonly complete: boolean;
  /** Of shrinking and explaining together. */
  readonly cpuSeconds: number;
  /** How many runs explaining the smallest took. */
  readonly explainRuns: number;
}

export type Measurement =
  | { readonly cell: DetectionCell; readonly starts: readonly Detection[] }
  | { readonly cell: ShrinkingCell; readonly starts: readonly Shrinking[] };

export type DetectionMeasurement = Extract<Measurement, { readonly cell: DetectionCell }>;

export function isDetection(measurement: Measurement): measurement is DetectionMeasurement {
  return measurement.cell.kind === 'detection';
}
