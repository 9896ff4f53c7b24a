/**
 * What moments are counted in: virtual microseconds, or events of the run. Several events may share a microsecond. Pure.
 * Invariant: columns are those of the recording's tables, row by row, and ascend where those are in order.
 */
import type { Column, Recording, StepTable } from '../history/recording.js';
import type { RecordedRun } from './recorded-run.js';
import { countBelow } from './search.js';

/** What begins and ends, row by row. */
export interface Spans {
  readonly start: Column;
  /** -1 for never. */
  readonly end: Column;
}

/** When rows of each table happened. */
export interface Axis {
  readonly commits: Column;
  readonly leases: Column;
  readonly members: Column;
  readonly calls: Spans;
  readonly watches: Spans;
  readonly operations: Spans;
}

export function isUnderWay({ start, end }: Spans, at: number, moment: number): boolean {
  const [begins = Infinity, ends = -1] = [start[at], end[at]];
  return begins <= moment && (ends === -1 || moment < ends);
}

/** @param commits when revisions were made, as far as that is known without a recording */
export function byTime({ result, recording }: RecordedRun, commits: Column): Axis {
  return {
    commits: recording?.commits.timeUs ?? commits,
    leases: recording?.leases.timeUs ?? [],
    members: recording?.members.timeUs ?? [],
    calls: { start: recording?.calls.startUs ?? [], end: recording?.calls.endUs ?? [] },
    watches: {
      start: (recording?.watches ?? []).map(({ startUs }) => startUs),
      end: (recording?.watches ?? []).map(({ endUs = -1 }) => endUs),
    },
    operations: {
      start: result.operations.map(({ invoke }) => invoke.timeUs),
      end: result.operations.map(({ return: end }) => end?.timeUs ?? -1),
    },
  };
}

/** @throws an Error where the recording does not know events */
export function byEvent({ result, recording }: RecordedRun): Axis {
  const steps = stepsOf(recording);
  return {
    commits: steps.commit,
    leases: steps.lease,
    members: steps.member,
    calls: { start: steps.callStart, end: steps.callEnd },
    watches: { start: steps.watchStart, end: steps.watchEnd },
    operations: {
      start: result.operations.map(({ invoke }) => eventOf(steps, invoke.sequence)),
      end: result.operations.map(({ return: end }) =>
        end === undefined ? -1 : eventOf(steps, end.sequence),
      ),
    },
  };
}

/** The event in which the history gave this number. */
export function eventOf({ sequence }: StepTable, number: number): number {
  return countBelow(sequence, number);
}

export function stepsOf(recording: Recording | undefined): StepTable {
  if (recording?.steps === undefined) throw new Error('expected a recording that knows events');
  return recording.steps;
}
