/** etcd's default times, which the cluster keeps: heartbeats every 100 ms, an election timeout of 1000 ms. */

export const ELECTION_TIMEOUT_MS = 1000;

/** How long a request waits for a quorum: 5 s and two election timeouts. */
export const REQUEST_TIMEOUT_MS = 5000 + 2 * ELECTION_TIMEOUT_MS;
