/**
 * Every message with its ends and its times, as columns. Pure. Invariant: rows are in order of departure, and a message
 * that never arrived has an arrival of -1.
 */
import type { Recording } from '../history/recording.js';
import { fates } from './tables.js';

export interface Messages {
  readonly count: number;
  /** Positions among the recording's actors. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly departUs: Float64Array;
  readonly arriveUs: Float64Array;
  /** Positions in the recording's table of calls. */
  readonly call: Int32Array;
  readonly isReply: Uint8Array;
  readonly fate: Uint8Array;
  readonly bytes: Int32Array;
}

export function messagesOf({ calls, messages, moments }: Recording): Messages {
  const count = messages.call.length;
  const made = {
    count,
    from: new Int32Array(count),
    to: new Int32Array(count),
    departUs: new Float64Array(count).fill(-1),
    arriveUs: new Float64Array(count).fill(-1),
    call: Int32Array.from(messages.call),
    isReply: Uint8Array.from(messages.back),
    fate: Uint8Array.from(messages.fate),
    bytes: Int32Array.from(messages.bytes),
  };
  for (let message = 0; message < count; message++) {
    const call = made.call[message] ?? 0;
    const [caller = 0, callee = 0] = [calls.caller[call], calls.callee[call]];
    const isReply = made.isReply[message] === 1;
    made.from[message] = isReply ? callee : caller;
    made.to[message] = isReply ? caller : callee;
  }
  moments.message.forEach((message, at) => {
    const times = moments.arrives[at] === 1 ? made.arriveUs : made.departUs;
    times[message] = moments.timeUs[at] ?? 0;
  });
  // The departure of a message at the edge of a cut recording is not on the page.
  for (let message = 0; message < count; message++) {
    if (made.departUs[message] === -1) made.departUs[message] = moments.timeUs[0] ?? 0;
  }
  return made;
}

const ARRIVED = fates.indexOf('arrived');

/** Whether it took longer than any message of the calm network. */
export function isDelayed(messages: Messages, message: number, calmMaxUs: number): boolean {
  if (messages.fate[message] !== ARRIVED) return false;
  return (messages.arriveUs[message] ?? 0) - (messages.departUs[message] ?? 0) > calmMaxUs;
}
