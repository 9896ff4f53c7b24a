/**
 * How late a node heard something that it had to hear in time. Invariant: only time in which it could hear
 * counts, because a paused node hears nothing.
 */
import { clocksGainedUs, stoodStillUs, type History } from '../history/history.js';

/** The tolerance for anything that a node hears: the time of a message on a busy machine. */
const SLACK_US = 1_000_000;

export interface Telling {
  readonly node: string;
  /** When it began to be true, in microseconds since the run began. */
  readonly fromUs: number;
  /** When the node heard; Infinity if it never did. */
  readonly toldUs: number;
  /** How long it may take, in seconds of the node's own time. */
  readonly withinSeconds: number;
}

/** How late it heard, in words; undefined if it heard in time. */
export function lateness(
  history: History,
  { node, fromUs, toldUs, withinSeconds }: Telling,
): string | undefined {
  const lateUs = awakeUs(history, node, { fromUs, untilUs: toldUs });
  if (lateUs <= withinSeconds * 1_000_000 + SLACK_US) return undefined;
  return lateUs === Infinity
    ? 'and never learned it'
    : `and learned it ${Math.round(lateUs / 1000)} ms later`;
}

interface Span {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** How much of the span the node was not paused. A slow clock counts less; a fast one counts no more. */
function awakeUs(history: History, node: string, span: Span): number {
  const { standstills = [], drifts = [] } = history;
  const turns = [...standstills, ...drifts]
    .filter((one) => one.node === node)
    .flatMap(({ fromUs, untilUs }) => [fromUs, untilUs])
    .filter((us) => us > span.fromUs && us < span.untilUs)
    .sort((one, other) => one - other);
  let [totalUs, gainedUs] = [0, 0];
  for (const [index, untilUs] of [...turns, span.untilUs].entries()) {
    const fromUs = turns[index - 1] ?? span.fromUs;
    // Between two such moments it was paused all the time or not at all.
    if (stoodStillUs(history, node, { fromUs, untilUs }) > 0) continue;
    totalUs += untilUs - fromUs;
    gainedUs += clocksGainedUs(history, node, { fromUs, untilUs });
  }
  return totalUs === Infinity ? Infinity : totalUs + Math.min(0, gainedUs);
}
