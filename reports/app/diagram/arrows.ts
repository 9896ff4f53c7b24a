/**
 * Messages as arrows between lanes, as columns. Pure. Invariant: arrows are in order of their start, and `reachUs` never
 * decreases, so that those in view are found without looking at the others.
 */
import { isDelayed, type Messages } from '../../../sim/moment/messages.js';
import { countUpTo, countBelow } from '../../../sim/moment/search.js';
import { fates } from '../../../sim/moment/tables.js';
import type { ShownRun } from '../data/unpack.js';

/** How an arrow is drawn; each has a shape besides its colour. */
export const STYLES = ['request', 'reply', 'delayed', 'lost', 'ignored'] as const;
export type Style = (typeof STYLES)[number];

export interface Arrows {
  readonly count: number;
  /** Positions among all messages. */
  readonly message: Int32Array;
  readonly fromLane: Int16Array;
  readonly toLane: Int16Array;
  readonly startUs: Float64Array;
  /** For a message that never arrived, when it would have on the calm network. */
  readonly endUs: Float64Array;
  /** The latest end of all arrows up to this one. */
  readonly reachUs: Float64Array;
  /** Positions in {@link STYLES}. */
  readonly style: Uint8Array;
  /** 1 if the call belongs to an operation, from whose bar its messages begin. */
  readonly isOfBar: Uint8Array;
  readonly counts: Readonly<Record<Style, number>>;
}

export function placeArrows(
  { result, recording }: ShownRun,
  messages: Messages | undefined,
  shown: readonly number[],
  laneOf: ReadonlyMap<string, number>,
  actors: readonly string[],
): Arrows {
  const lanes = actors.map((actor) => laneOf.get(actor) ?? -1);
  const placed =
    messages === undefined
      ? []
      : shown.filter(
          (message) => lanes[messages.from[message] ?? -1] !== -1 && lanes[messages.to[message] ?? -1] !== -1,
        );
  const count = placed.length;
  const made = {
    message: Int32Array.from(placed),
    fromLane: new Int16Array(count),
    toLane: new Int16Array(count),
    startUs: new Float64Array(count),
    endUs: new Float64Array(count),
    reachUs: new Float64Array(count),
    style: new Uint8Array(count),
    isOfBar: new Uint8Array(count),
  };
  const { oneWayDelayMinUs, oneWayDelayMaxUs } = result.plan.network;
  const calmUs = (oneWayDelayMinUs + oneWayDelayMaxUs) / 2;
  const counts = Object.fromEntries(STYLES.map((style) => [style, 0])) as Record<Style, number>;
  let reachUs = 0;
  placed.forEach((message, at) => {
    if (messages === undefined) return;
    const startUs = messages.departUs[message] ?? 0;
    const arriveUs = messages.arriveUs[message] ?? -1;
    const style = styleOf(messages, message, oneWayDelayMaxUs);
    made.fromLane[at] = lanes[messages.from[message] ?? 0] ?? 0;
    made.toLane[at] = lanes[messages.to[message] ?? 0] ?? 0;
    made.startUs[at] = startUs;
    made.endUs[at] = arriveUs === -1 ? startUs + Math.max(1, calmUs) : arriveUs;
    reachUs = Math.max(reachUs, made.endUs[at] ?? 0);
    made.reachUs[at] = reachUs;
    made.style[at] = STYLES.indexOf(style);
    made.isOfBar[at] = (recording?.calls.operation[messages.call[message] ?? 0] ?? -1) === -1 ? 0 : 1;
    counts[style]++;
  });
  return { count, ...made, counts };
}

function styleOf(messages: Messages, message: number, calmMaxUs: number): Style {
  const fate = fates[messages.fate[message] ?? 0];
  if (fate === 'lost' || fate === 'on its way') return 'lost';
  if (fate === 'ignored') return 'ignored';
  if (isDelayed(messages, message, calmMaxUs)) return 'delayed';
  return messages.isReply[message] === 1 ? 'reply' : 'request';
}

/** The arrows that may be in view: a range of positions, of which some may have ended before. */
export function arrowsWithin(
  { startUs, reachUs }: Arrows,
  view: { readonly startUs: number; readonly endUs: number },
): { readonly first: number; readonly end: number } {
  return { first: countBelow(reachUs, view.startUs), end: countUpTo(startUs, view.endUs) };
}
