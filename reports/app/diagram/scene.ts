/**
 * Places everything of a run on the diagram, before any pixel: a lane for each node and each member, operations as bars
 * on the lanes of nodes, messages as arrows between lanes, faults as bands. Pure. Invariant: bars of one row do not
 * overlap, rows and arrows are in order of time, and a lane without anything is left out.
 */
import type { Operation } from '../../../sim/history/history.js';
import type { Ending } from '../../../sim/report/describe-run.js';
import type { FaultRecord } from '../../../sim/run/run-result.js';
import { endingOf } from '../data/operations.js';
import { isInPast, type Past } from '../data/past.js';
import type { Messages } from '../../../sim/moment/messages.js';
import type { ShownRun } from '../data/unpack.js';
import { placeArrows, type Arrows } from './arrows.js';
import { extentOf } from './extent.js';

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
  readonly actor: string;
  readonly kind: 'node' | 'member';
  /** Rows of bars; more than one if a node does several things at once. */
  readonly rows: readonly (readonly Bar[])[];
  /** When its process did not run. */
  readonly gaps: readonly Span[];
  /** When it led the members. */
  readonly reigns: readonly Span[];
}

export interface Span {
  readonly startUs: number;
  readonly endUs: number;
}

export interface Band extends Span {
  readonly fault: FaultRecord;
  /** The lanes of the nodes and members that it names; undefined for all, if none of them has a lane. */
  readonly lanes: readonly number[] | undefined;
  /** Its row among the faults. */
  readonly row: number;
}

export interface Scene {
  readonly lanes: readonly Lane[];
  readonly bands: readonly Band[];
  readonly bandRows: number;
  /** In order of invocation. */
  readonly bars: readonly Bar[];
  readonly arrows: Arrows;
  /** When each revision was made, ascending; without a recording, when it was first known. */
  readonly revisions: readonly { readonly revision: number; readonly timeUs: number }[];
  /** The length of the run. */
  readonly extentUs: number;
  /** How many lanes would be too many to draw. */
  readonly lanesLeftOut: number;
}

export interface SceneRequest {
  readonly run: ShownRun;
  /** Undefined without a recording. */
  readonly messages: Messages | undefined;
  /** Limits the scene; undefined for everything. */
  readonly past: Past | undefined;
}

/** Further faults at the same time share the last row. */
const BAND_ROWS_MAX = 10;

/** A screen has room for no more. */
const LANES_MAX = 80;

export function buildScene({ run, messages, past }: SceneRequest): Scene {
  const { result, recording } = run;
  const extentUs = extentOf(run);
  const operations = result.operations.filter(({ id }) => past === undefined || past.operations.has(id));
  const shown = messages === undefined ? [] : shownMessages(messages, past);
  const busy = new Set(operations.map(({ node }) => node));
  for (const message of shown) {
    for (const end of [messages?.from[message], messages?.to[message]])
      busy.add(recording?.actors[end ?? -1] ?? '');
  }
  const nodes = unique([...(recording?.actors ?? result.plan.nodes.map(({ name }) => name)), ...busy]);
  const { members } = result.plan;
  const found = [
    ...nodes.filter((name) => busy.has(name) && !members.includes(name)),
    ...members.filter((name) => busy.has(name)),
  ];
  const names = found.slice(0, LANES_MAX);
  const laneOf = new Map(names.map((name, lane) => [name, lane]));
  const bars = placeBars(operations, laneOf, extentUs);
  const byLane = names.map((): Bar[] => []);
  for (const bar of bars) byLane[bar.lane]?.push(bar);
  const bands = placeBands(run, laneOf, extentUs);
  return {
    lanes: names.map((actor, lane) => ({
      actor,
      kind: members.includes(actor) ? ('member' as const) : ('node' as const),
      rows: rowsOf(byLane[lane] ?? []),
      gaps: gapsOf(run, actor, extentUs),
      reigns: reignsOf(run, actor, extentUs),
    })),
    bands,
    bandRows: Math.max(0, ...bands.map((band) => band.row + 1)),
    bars,
    arrows: placeArrows(run, messages, shown, laneOf, recording?.actors ?? []),
    revisions: revisionsOf(run),
    extentUs,
    lanesLeftOut: found.length - names.length,
  };
}

function shownMessages(messages: Messages, past: Past | undefined): number[] {
  const shown: number[] = [];
  for (let message = 0; message < messages.count; message++) {
    if (isInPast(past, message)) shown.push(message);
  }
  return shown;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => name !== '');
}

function placeBars(
  operations: readonly Operation[],
  laneOf: ReadonlyMap<string, number>,
  extentUs: number,
): Bar[] {
  const rowEnds = new Map<number, number[]>();
  return [...operations]
    .sort((a, b) => a.invoke.sequence - b.invoke.sequence)
    .flatMap((operation) => {
      const lane = laneOf.get(operation.node);
      if (lane === undefined) return [];
      const startUs = operation.invoke.timeUs;
      const endUs = Math.max(startUs, operation.return?.timeUs ?? extentUs);
      const ends = rowEnds.get(lane) ?? [];
      rowEnds.set(lane, ends);
      const row = firstFree(ends, startUs);
      ends[row] = endUs;
      return [{ operation, ending: endingOf(operation), startUs, endUs, lane, row }];
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

function placeBands(run: ShownRun, laneOf: ReadonlyMap<string, number>, extentUs: number): Band[] {
  const { faults, plan } = run.result;
  const rowEnds: number[] = [];
  // A fault that touched nothing changed nothing; the table of faults has it.
  const begun = faults.flatMap((fault) =>
    fault.startedUs === undefined || fault.hits === 0 ? [] : [{ fault, startUs: fault.startedUs }],
  );
  return begun
    .sort((a, b) => a.startUs - b.startUs)
    .map(({ fault, startUs }) => {
      const endUs = Math.max(startUs, fault.endedUs ?? extentUs);
      const row = Math.min(BAND_ROWS_MAX - 1, firstFree(rowEnds, startUs));
      // A very short one still needs room to be visible.
      rowEnds[row] = Math.max(endUs, startUs + extentUs / 200);
      const planned = fault.byHand === true ? undefined : plan.faults[fault.index];
      const targets = [fault.node, ...targetsOf(planned)].filter((name) => name !== undefined);
      const lanes = targets.flatMap((name) => laneOf.get(name) ?? []);
      return { fault, startUs, endUs, lanes: lanes.length === 0 ? undefined : [...new Set(lanes)], row };
    });
}

/** The nodes and members that a planned fault names. */
function targetsOf(planned: object | undefined): string[] {
  if (planned === undefined) return [];
  const { node, member, other } = planned as Readonly<Record<string, unknown>>;
  return [node, member, other].filter((name) => typeof name === 'string');
}

/** From each crash to the next start; of a member, while it did not run. */
function gapsOf({ page, result, recording }: ShownRun, actor: string, extentUs: number): Span[] {
  const place = result.plan.members.indexOf(actor);
  if (place !== -1) {
    return recording === undefined
      ? []
      : spansWhere(recording.members.timeUs, extentUs, (at) => {
          return Math.floor((recording.members.running[at] ?? 0) / 2 ** place) % 2 === 0;
        });
  }
  const gaps: { startUs: number; endUs: number }[] = [];
  for (const incident of page.incidents) {
    if (incident.kind !== 'crashed' && incident.kind !== 'restarted') continue;
    if (incident.node !== actor) continue;
    const last = gaps.at(-1);
    if (incident.kind === 'crashed') gaps.push({ startUs: incident.at.timeUs, endUs: extentUs });
    else if (last !== undefined) last.endUs = incident.at.timeUs;
  }
  return gaps;
}

function reignsOf({ recording }: ShownRun, actor: string, extentUs: number): Span[] {
  if (recording === undefined) return [];
  const { members, actors } = recording;
  return spansWhere(members.timeUs, extentUs, (at) => actors[members.leader[at] ?? -1] === actor);
}

/** The spans of the rows for which it holds; each row lasts until the next. */
function spansWhere(times: readonly number[], extentUs: number, holds: (at: number) => boolean): Span[] {
  const spans: { startUs: number; endUs: number }[] = [];
  times.forEach((startUs, at) => {
    if (!holds(at)) return;
    const endUs = times[at + 1] ?? extentUs;
    const last = spans.at(-1);
    if (last?.endUs === startUs) last.endUs = endUs;
    else spans.push({ startUs, endUs });
  });
  return spans;
}

function revisionsOf({ recording, result }: ShownRun): Scene['revisions'] {
  const known = new Map<number, number>();
  if (recording !== undefined) {
    const { revision, timeUs } = recording.commits;
    return revision.map((one, at) => ({ revision: one, timeUs: timeUs[at] ?? 0 }));
  }
  for (const { outcome, return: end } of result.operations) {
    if (outcome?.kind !== 'ok' || outcome.revision === undefined || end === undefined) continue;
    known.set(outcome.revision, Math.min(known.get(outcome.revision) ?? Infinity, end.timeUs));
  }
  return [...known]
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
