/**
 * How late somebody was told what it had to be told by a time. Invariant: only time counts in which it could be told
 * at all, for whoever stands still hears nothing.
 */
import { clocksGainedUs, stoodStillUs, type History } from '../history/history.js';

/** How much later than it may be anything can be told: what a message takes on a busy machine. */
const SLACK_US = 1_000_000;

export interface Telling {
  readonly node: string;
  /** When it began to be true, in microseconds since the run began. */
  readonly fromUs: number;
  /** When the node was told; Infinity where it never was. */
  readonly toldUs: number;
  /** How long it may take, in seconds of the node's own time. */
  readonly withinSeconds: number;
}

/** How late it was told, in words; undefined where it was told in time. */
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

/** For how long of the span the node did not stand still. A slow clock counts less; of a fast one nobody can demand more. */
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
    // Between two turns it stood still all the time or not at all.
    if (stoodStillUs(history, node, { fromUs, untilUs }) > 0) continue;
    totalUs += untilUs - fromUs;
    gainedUs += clocksGainedUs(history, node, { fromUs, untilUs });
  }
  return totalUs === Infinity ? Infinity : totalUs + Math.min(0, gainedUs);
}
