/**
 * Losses that no lease can prevent. A node may believe that it still holds what another node holds by now: its process
 * is paused, its clock runs slow, or an operator revoked its lease. Invariant: an excuse lasts until the node has had
 * enough time to learn of its loss.
 */
import type { History } from '../../history/history.js';
import { lateness } from '../lateness.js';
import type { Span } from './spans.js';

/**
 * How long a node that could not know of its loss may continue, in seconds of its own time, if the check does not say.
 */
export const TOLD_WITHIN_SECONDS = 10;

/** Whether the node learned soon enough that it may have lost what it held. */
export function isToldInTime(
  history: History,
  { node, endUs }: Span,
  { fromUs, withinSeconds }: { readonly fromUs: number; readonly withinSeconds: number },
): boolean {
  return lateness(history, { node, fromUs, toldUs: endUs, withinSeconds }) === undefined;
}

/** Whether the node was paused or counted time too slowly, between its earliest possible grant and `untilUs`. */
export function couldNotKnow(
  { standstills = [], drifts = [] }: History,
  { node, sinceUs }: Span,
  untilUs: number,
): boolean {
  const slow = drifts.filter(({ perMille }) => perMille < 0);
  return [...standstills, ...slow].some(
    (one) => one.node === node && one.fromUs < untilUs && one.untilUs > sinceUs,
  );
}
