/** Lanes: what keeps events of one kind in order, and orders them among those of others at the same time. */

/** Those who schedule events of one kind: messages of one link, timers of one node. */
export interface Lane {
  readonly name: string;
  /** Chain of its events that are some node's. */
  readonly chain: string;
  /** Chain of its other events, which do not wait for those. */
  readonly chainElsewhere: string;
  /** Seeds the lane's ties. */
  salt: number;
}

/** The tie of a lane's events at a time: a fixed function, so that it does not depend on what else is scheduled. */
export function tieOf(lane: Pick<Lane, 'salt'>, timeUs: number): number {
  let hash =
    lane.salt ^ Math.imul(timeUs | 0, 0x9e3779b1) ^ Math.imul(Math.floor(timeUs / 2 ** 32), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
