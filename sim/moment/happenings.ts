/**
 * Everything that happened, one after the other: operations, messages, revisions, faults, crashes. It is what the
 * cursor steps through. Pure. Invariant: times never decrease, and an operation and the messages that it causes are in
 * the order in which they happened.
 */
import { fates } from './tables.js';
import type { RecordedRun } from './recorded-run.js';

export const KINDS = [
  ...(['invoke', 'return', 'departure', 'arrival', 'commit'] as const),
  ...(['fault begins', 'fault ends', 'crashed', 'restarted', 'lease expired'] as const),
] as const;
export type Kind = (typeof KINDS)[number];

/** One of them. */
export interface Happening {
  readonly kind: Kind;
  readonly timeUs: number;
  /** Position in the list of its kind: operations, messages, commits, faults, incidents. */
  readonly item: number;
  /** Its place in the history's order; undefined if it has only a time. */
  readonly sequence: number | undefined;
}

interface Placed extends Happening {
  /** Its place among the moments of messages. */
  readonly moment: number;
}

export function happeningsOf({ result, recording }: RecordedRun): readonly Happening[] {
  const placed: Placed[] = [];
  const add = (kind: Kind, timeUs: number, item: number, sequence?: number, moment = -1): void => {
    placed.push({ kind, timeUs, item, sequence, moment });
  };
  result.operations.forEach(({ invoke, return: end }, item) => {
    add('invoke', invoke.timeUs, item, invoke.sequence);
    if (end !== undefined) add('return', end.timeUs, item, end.sequence);
  });
  const { moments, messages } = recording ?? {};
  moments?.message.forEach((message, at) => {
    // A lost message arrives nowhere.
    if (moments.arrives[at] === 1 && fates[messages?.fate[message] ?? 0] === 'lost') return;
    const kind = moments.arrives[at] === 1 ? 'arrival' : 'departure';
    add(kind, moments.timeUs[at] ?? 0, message, moments.sequence[at] ?? 0, at);
  });
  recording?.commits.timeUs.forEach((timeUs, item) => add('commit', timeUs, item));
  result.faults.forEach(({ startedUs, endedUs }, item) => {
    if (startedUs !== undefined) add('fault begins', startedUs, item);
    if (endedUs !== undefined) add('fault ends', endedUs, item);
  });
  result.incidents?.forEach((incident, item) => {
    const { kind, at } = incident;
    if (kind !== 'started' && kind !== 'node call' && kind !== 'breaker open') add(kind, at.timeUs, item);
  });
  return placed.sort(inOrder);
}

/** By time; at one time by the history's order, in which a moment of a message follows the number given before it. */
function inOrder(left: Placed, right: Placed): number {
  if (left.timeUs !== right.timeUs) return left.timeUs - right.timeUs;
  if (left.sequence === undefined || right.sequence === undefined) {
    return Number(left.sequence === undefined) - Number(right.sequence === undefined);
  }
  if (left.sequence !== right.sequence) return left.sequence - right.sequence;
  return left.moment - right.moment;
}
