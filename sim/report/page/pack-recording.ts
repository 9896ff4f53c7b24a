/** A recording as the page holds it: columns that take little room, and the last moments only if there are too many. */
import type { Recording } from '../../history/recording.js';
import { formatCount, formatTime } from '../quantities.js';
import { packTable } from './pack-columns.js';
import type { PackedRecording } from './page-data.js';

export interface RecordingLimits {
  /** The most departures and arrivals. */
  readonly momentsMax: number;
  /** The most events of the trace. */
  readonly eventsMax: number;
}

export interface CutRecording {
  readonly recording: PackedRecording;
  /** The position on the page of a message of the run; undefined if it is not on the page. */
  positionOf(message: number): number | undefined;
  /** A sentence for each thing that is left out. */
  readonly cuts: readonly string[];
}

/** @param past the messages that led to a violation, which stay */
export function packRecording(
  whole: Recording,
  limits: RecordingLimits,
  past: ReadonlySet<number> = new Set(),
): CutRecording {
  const begun = { recording: whole, positionOf: (message: number) => message, cuts: [] };
  const { recording, positionOf, cuts } = withLastMoments(withLastEvents(begun, limits), limits, past);
  const { calls, leases, events, processes: _processes, steps: _steps, ...rest } = recording;
  const { endUs, ...started } = calls;
  return {
    recording: {
      ...rest,
      calls: {
        ...packTable(started),
        ...packTable({
          tookUs: endUs.map((end, at) => (end === -1 ? -1 : end - (started.startUs[at] ?? 0))),
        }),
      },
      messages: packTable(rest.messages),
      moments: packTable(rest.moments),
      commits: packTable(rest.commits),
      attachments: packTable(rest.attachments),
      leases: packTable(leases),
      members: packTable(rest.members),
      events: packTable(events),
    },
    positionOf,
    cuts: whole.complete
      ? cuts
      : [...cuts, 'The run had more messages than a recording takes: the last ones are missing.'],
  };
}

interface Cut extends Omit<CutRecording, 'recording'> {
  readonly recording: Recording;
}

function withLastEvents(cut: Cut, { eventsMax }: RecordingLimits): Cut {
  const { recording, cuts } = cut;
  const { events } = recording;
  const surplus = events.timeUs.length - eventsMax;
  if (surplus <= 0) return cut;
  const { labels, ...columns } = events;
  const sentence = `The trace begins with event ${formatCount(surplus + 1)}; the ${formatCount(surplus)} before it are not on this page.`;
  return {
    ...cut,
    recording: {
      ...recording,
      events: { ...mapColumns(columns, (column) => column.slice(surplus)), labels },
    },
    cuts: [...cuts, sentence],
  };
}

/** Messages of which no moment is left go too. Calls stay: the state at a moment needs them. */
function withLastMoments(cut: Cut, { momentsMax }: RecordingLimits, past: ReadonlySet<number>): Cut {
  const { recording, cuts } = cut;
  const { moments, messages } = recording;
  const surplus = moments.message.length - momentsMax;
  if (surplus <= 0) return cut;
  const isLeft = (message: number, at: number) => at >= surplus || past.has(message);
  const places = moments.message.flatMap((message, at) => (isLeft(message, at) ? [at] : []));
  const left = mapColumns(moments, (column) => places.map((at) => column[at] ?? 0));
  const kept = [...new Set(left.message)].sort((one, other) => one - other);
  const positions = new Map(kept.map((message, position) => [message, position]));
  const gone = messages.call.length - kept.length;
  const rest = places.length > momentsMax ? 'other messages' : 'messages';
  const sentence = `The diagram begins at ${formatTime(moments.timeUs[surplus] ?? 0)}; the ${formatCount(gone)} ${rest} before that are not on this page.`;
  return {
    recording: {
      ...recording,
      moments: { ...left, message: left.message.map((message) => positions.get(message) ?? 0) },
      messages: mapColumns(messages, (column) => kept.map((message) => column[message] ?? 0)),
    },
    positionOf: (message) => positions.get(message),
    cuts: [...cuts, sentence],
  };
}

function mapColumns<T extends Readonly<Record<keyof T, readonly number[]>>>(
  columns: T,
  change: (column: readonly number[]) => readonly number[],
): T {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, change(column as readonly number[])]),
  ) as unknown as T;
}
