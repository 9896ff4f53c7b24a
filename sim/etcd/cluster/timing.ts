/** etcd's default times and bounds, which the cluster keeps: heartbeats every 100 ms, an election timeout of 1000 ms. */

export const ELECTION_TIMEOUT_MS = 1000;

/** How long a request waits for a quorum: 5 s and two election timeouts. */
export const REQUEST_TIMEOUT_MS = 5000 + 2 * ELECTION_TIMEOUT_MS;

/** How many entries a member may have received and not applied before it refuses proposals. */
export const APPLY_GAP_MAX = 5000;

/** A follower applies an entry this much later than its leader, at least and at most. */
export const APPLY_DELAY_MIN_MS = 0.1;
export const APPLY_DELAY_MAX_MS = 1.1;

/** How long the leader delays a question about leases until it has applied all committed entries. */
export const APPLY_TIMEOUT_MS = 1000;

/**
 * How a leader writes entries to its disk before they are committed: a few at once, in this time. Elsewhere a
 * write is instant, because no client can tell. If the database is nearly full, it decides which requests are
 * accepted that will not fit.
 */
export const WRITE_BATCH_BYTES = 64 * 1024;
export const WRITE_MIN_MS = 1;
export const WRITTEN_BYTES_PER_MS = 10_000;

/** How long a new member takes to get the leader's state. */
export const SNAPSHOT_MS = 200;
