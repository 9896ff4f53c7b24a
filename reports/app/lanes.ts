/**
 * Places everything on the timeline, before any pixel: one lane per node, its operations as bars, the faults
 * as bands over the lanes they touch. Pure. Invariant: bars of one row do not overlap, and each row is in
 * order of time.
 */
import type { Operation } from '../../sim/history/history.js';
import type { Ending } from '../../sim/report/describe-run.js';
import type { FaultRecord, RunResult } from '../../sim/run/run-result.js';
import { endingOf } from './operations.js';

export interface Bar {
  readonly operation: Operation;
  readonly ending: Ending;
  readonly startUs: number;
  /** For an operation that never returned, the end of the run. */
  readonly endUs: number;
  readonly lane: number;
  readonly row: number;
}

export interface Lane {
  readonly node: string;
  /** Rows of bars; more than one if a node does several things at once. */
  readonly rows: readonly (readonly Bar[])[];
}

export interface Band {
  readonly fault: FaultRecord;
  readonly startUs: number;
  readonly endUs: number;
  /** Index of the one lane it touches; undefined for a fault that touches all. */
  readonly lane: number | undefined;
  /** Its row among the faults. */
  readonly row: number;
}

export interface Scene {
  readonly lanes: readonly Lane[];
  readonly bands: readonly Band[];
  readonly bandRows: number;
  /** In order of invocation. */
  readonly bars: readonly Bar[];
  /** When each revision was first known to a node, ascending. */
  readonly revisions: readonly { readonly revision: number; readonly timeUs: number }[];
  /** The length of the timeline. */
  readonly extentUs: number;
}

export function buildScene(data: RunResult): Scene {
  const laneOf = new Map<string, number>();
  for (const { name } of data.plan.nodes) if (!laneOf.has(name)) laneOf.set(name, laneOf.size);
  for (const { node } of data.operations) if (!laneOf.has(node)) laneOf.set(node, laneOf.size);
  const extentUs = extentOf(data);
  const bars = placeBars(data.operations, laneOf, extentUs);
  const lanes = [...laneOf].map(([node, lane]) => ({
    node,
    rows: rowsOf(bars.filter((bar) => bar.lane === lane)),
  }));
  const bands = placeBands(data, laneOf, extentUs);
  return {
    lanes,
    bands,
    bandRows: Math.max(0, ...bands.map((band) => band.row + 1)),
    bars,
    revisions: revisionsOf(data.operations),
    extentUs,
  };
}

/** The last event, and a little room after it if something never ended. */
function extentOf(data: RunResult): number {
  let lastUs = 0;
  let open = false;
  for (const operation of data.operations) {
    lastUs = Math.max(lastUs, operation.return?.timeUs ?? operation.invoke.timeUs);
    open ||= operation.return === undefined;
  }
  for (const fault of data.faults) {
    if (fault.startedUs === undefined) continue;
    lastUs = Math.max(lastUs, fault.endedUs ?? fault.startedUs);
    open ||= fault.endedUs === undefined;
  }
  if (lastUs === 0) lastUs = (data.virtualTimeMs ?? 0) * 1000;
  // A bar that begins and returns at the very end would lie on the edge, invisible.
  open ||= data.operations.some((operation) => operation.invoke.timeUs >= lastUs);
  return Math.max(1, open ? lastUs * 1.05 : lastUs);
}

function placeBars(
  operations: readonly Operation[],
  laneOf: ReadonlyMap<string, number>,
  extentUs: number,
): Bar[] {
  const rowEnds = new Map<number, number[]>();
  return [...operations]
    .sort((a, b) => a.invoke.sequence - b.invoke.sequence)
    .map((operation) => {
      const lane = laneOf.get(operation.node) ?? 0;
      const startUs = operation.invoke.timeUs;
      const endUs = Math.max(startUs, operation.return?.timeUs ?? extentUs);
      const ends = rowEnds.get(lane) ?? [];
      rowEnds.set(lane, ends);
      const row = firstFree(ends, startUs);
      ends[row] = endUs;
      return { operation, ending: endingOf(operation), startUs, endUs, lane, row };
    });
}

/** The first row whose last occupant has ended by then. */
function firstFree(rowEnds: readonly number[], startUs: number): number {
  const row = rowEnds.findIndex((endUs) => endUs <= startUs);
  return row === -1 ? rowEnds.length : row;
}

function rowsOf(bars: readonly Bar[]): Bar[][] {
  const rows: Bar[][] = [[]];
  for (const bar of bars) (rows[bar.row] ??= []).push(bar);
  return rows;
}

function placeBands(data: RunResult, laneOf: ReadonlyMap<string, number>, extentUs: number): Band[] {
  const rowEnds: number[] = [];
  const bands: Band[] = [];
  const begun = data.faults.flatMap((fault) =>
    fault.startedUs === undefined ? [] : [{ fault, startUs: fault.startedUs }],
  );
  for (const { fault, startUs } of begun.sort((a, b) => a.startUs - b.startUs)) {
    const endUs = Math.max(startUs, fault.endedUs ?? extentUs);
    const row = firstFree(rowEnds, startUs);
    // A very short one still needs room to be visible.
    rowEnds[row] = Math.max(endUs, startUs + extentUs / 200);
    const planned = data.plan.faults[fault.index];
    const node = planned !== undefined && 'node' in planned ? planned.node : undefined;
    bands.push({ fault, startUs, endUs, lane: node === undefined ? undefined : laneOf.get(node), row });
  }
  return bands;
}

function revisionsOf(operations: readonly Operation[]): Scene['revisions'] {
  const times = new Map<number, number>();
  for (const { outcome, return: end } of operations) {
    if (outcome?.kind !== 'ok' || outcome.revision === undefined || end === undefined) continue;
    const known = times.get(outcome.revision);
    if (known === undefined || end.timeUs < known) times.set(outcome.revision, end.timeUs);
  }
  return [...times]
    .map(([revision, timeUs]) => ({ revision, timeUs }))
    .sort((a, b) => a.timeUs - b.timeUs || a.revision - b.revision);
}

/** Index of the first bar of a row that ends at or after a moment (the rows are in order of time). */
export function firstEndingFrom(row: readonly Bar[], timeUs: number): number {
  let low = 0;
  let high = row.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const bar = row[middle];
    if (bar !== undefined && bar.endUs < timeUs) low = middle + 1;
    else high = middle;
  }
  return low;
}
