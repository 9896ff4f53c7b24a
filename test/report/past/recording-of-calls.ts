/** A recording of hand-made calls: each has its request and, if it was answered, its answer. */
import type { Call } from '../../../sim/history/calls.js';
import type { Recording } from '../../../sim/history/recording.js';
import { fates } from '../../../sim/moment/tables.js';
import { buildRun } from '../fixture.js';
import type { RecordedResult } from '../../../sim/report/past/reads-from-past.js';

const ON_THE_WAY_US = 300;

/** A call that concerns no key. */
export interface OtherCall {
  readonly node: string;
  /** The node that it calls; a member by default. */
  readonly to?: string;
  readonly method: string;
  readonly operation?: string;
  readonly sentUs: number;
  /** When each request left after the first, as of a stream. */
  readonly furtherUs?: readonly number[];
  /** How long its callee took to answer. */
  readonly servedUs?: number;
}

export interface HandMadeRecording {
  readonly recording: Recording;
  /** The messages of each call, in the order of the calls given. */
  readonly messagesOf: (call: Call | OtherCall) => readonly number[];
}

interface Leg {
  readonly row: number;
  readonly back: 0 | 1;
  readonly departUs: number;
  readonly arriveUs: number;
  readonly isLost: boolean;
}

export function recordingOf(
  calls: readonly Call[],
  others: readonly OtherCall[] = [],
  grants: readonly { readonly lease: string; readonly timeUs: number }[] = [],
): HandMadeRecording {
  const rows = [
    ...calls.map((call) => ({ ...call, call, to: call.member, sentUs: call.sent.timeUs })),
    ...others.map((call) => ({ to: 'm1', ...call, call })),
  ].sort((left, right) => left.sentUs - right.sentUs);
  const actors = [...new Set([...rows.map(({ node }) => node), 'm1'])];
  const methods = [...new Set(rows.map(({ method }) => method))];
  const operations = [...new Set(rows.flatMap(({ call }) => call.operation ?? []))];
  const legs = rows
    .flatMap(({ call }, row) => legsOf(call).map((leg) => ({ ...leg, row })))
    .sort((left, right) => left.departUs - right.departUs);
  const moments = legs
    .flatMap(({ departUs, arriveUs, isLost }, message) => [
      { message, arrives: 0, timeUs: departUs },
      ...(isLost ? [] : [{ message, arrives: 1, timeUs: arriveUs }]),
    ])
    .sort((left, right) => left.timeUs - right.timeUs || left.message - right.message);
  const recording: Recording = {
    ...{ actors, methods, operations },
    calls: {
      number: rows.map((_, row) => row),
      caller: rows.map(({ node }) => actors.indexOf(node)),
      callee: rows.map(({ to }) => actors.indexOf(to)),
      method: rows.map(({ method }) => methods.indexOf(method)),
      operation: rows.map(({ call }) => operations.indexOf(call.operation ?? '')),
      startUs: rows.map(({ sentUs }) => sentUs),
      endUs: rows.map(({ call }) => endOf(call)),
      status: rows.map(() => 0),
    },
    messages: {
      call: legs.map(({ row }) => row),
      back: legs.map(({ back }) => back),
      bytes: legs.map(() => 10),
      fate: legs.map(({ isLost }) => fates.indexOf(isLost ? 'lost' : 'arrived')),
    },
    moments: {
      message: moments.map(({ message }) => message),
      arrives: moments.map(({ arrives }) => arrives),
      timeUs: moments.map(({ timeUs }) => timeUs),
      event: moments.map((_, at) => at + 1),
      sequence: moments.map(() => 0),
    },
    commits: { revision: [], timeUs: [] },
    attachments: { revision: [], change: [], lease: [] },
    leases: {
      ids: grants.map(({ lease }) => lease),
      lease: grants.map((_, at) => at),
      kind: grants.map(() => 0),
      member: grants.map(() => actors.indexOf('m1')),
      timeUs: grants.map(({ timeUs }) => timeUs),
      value: grants.map(() => 10),
    },
    watches: [],
    members: { timeUs: [], leader: [], running: [] },
    events: { timeUs: [], label: [], number: [], node: [], labels: [] },
    complete: true,
  };
  const placeOf = new Map<Call | OtherCall, number>(rows.map(({ call }, row) => [call, row]));
  return {
    recording,
    messagesOf: (call) => legs.flatMap(({ row }, message) => (row === placeOf.get(call) ? [message] : [])),
  };
}

function endOf(call: Call | OtherCall): number {
  if (!('sent' in call)) return call.sentUs + 2 * ON_THE_WAY_US + (call.servedUs ?? 0);
  return call.returned?.timeUs ?? -1;
}

function legsOf(call: Call | OtherCall): Omit<Leg, 'row'>[] {
  const leg = (back: 0 | 1, departUs: number, arriveUs: number, isLost = false) => ({
    ...{ back, departUs, arriveUs, isLost },
  });
  if (!('sent' in call)) {
    const { sentUs, furtherUs = [], servedUs = 0 } = call;
    return [sentUs, ...furtherUs].flatMap((timeUs) => {
      const answersUs = timeUs + ON_THE_WAY_US + servedUs;
      return [leg(0, timeUs, timeUs + ON_THE_WAY_US), leg(1, answersUs, answersUs + ON_THE_WAY_US)];
    });
  }
  const { sent, returned, answered, wrote, watches, reads } = call;
  if (watches.length > 0) {
    const times = [...new Set(reads.map(({ at }) => at.timeUs))];
    return [
      ...watches.map(({ asked }) => leg(0, asked.timeUs, asked.timeUs + ON_THE_WAY_US)),
      ...times.map((timeUs) => leg(1, timeUs - ON_THE_WAY_US, timeUs)),
    ];
  }
  const arriveUs = sent.timeUs + ON_THE_WAY_US;
  const isRequestLost = !answered && wrote === undefined;
  return [
    leg(0, sent.timeUs, arriveUs, isRequestLost),
    ...(isRequestLost ? [] : [leg(1, arriveUs, returned?.timeUs ?? arriveUs + 1, !answered)]),
  ];
}

/** A run with these calls, as far as its past depends on it. */
export function runOf(
  calls: readonly Call[],
  recording: Recording | undefined,
  more: Partial<RecordedResult> = {},
): RecordedResult {
  const { plan } = buildRun();
  return {
    ...{ calls, log: [], operations: [], incidents: [], plan: { ...plan, members: ['m1'] } },
    ...(recording === undefined ? {} : { recording }),
    ...more,
  };
}
