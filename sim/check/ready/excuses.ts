/**
 * What no lease can prevent: a node that stands still, or whose clock runs slow, may go on to believe that it has what
 * somebody else has got by now, and so may one whose lease an operator revoked. Invariant: an excuse lasts until the
 * node has had time enough to be told.
 */
import type { History } from '../../history/history.js';
import { lateness } from '../lateness.js';
import type { Span } from './spans.js';

/** How long a node may go on that could not know, in seconds of its own time, unless a check says otherwise. */
export const TOLD_WITHIN_SECONDS = 10;

/** Whether the node was told soon enough after a moment at which it may have lost what it held. */
export function isToldInTime(
  history: History,
  { node, endUs }: Span,
  { fromUs, withinSeconds }: { readonly fromUs: number; readonly withinSeconds: number },
): boolean {
  return lateness(history, { node, fromUs, toldUs: endUs, withinSeconds }) === undefined;
}

/** Whether the node stood still, or counted time too slowly, after it can have got what it holds and before a moment. */
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
