/** Lanes keep events of one kind in order, and order them among others at the same time. */

/** A source of events of one kind: messages of one link, timers of one node. */
export interface Lane {
  readonly name: string;
  /** The chain of its events that belong to a node. */
  readonly chain: string;
  /** The chain of its other events, which do not wait for those. */
  readonly chainElsewhere: string;
  /** The seed of the lane's ties. */
  salt: number;
}

/** The tie of a lane's events at a time: a fixed function, independent of all other events. */
export function tieOf(lane: Pick<Lane, 'salt'>, timeUs: number): number {
  let hash =
    lane.salt ^ Math.imul(timeUs | 0, 0x9e3779b1) ^ Math.imul(Math.floor(timeUs / 2 ** 32), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
