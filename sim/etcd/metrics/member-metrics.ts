/** What can be measured of a member at one moment: what it is, how it stands, and what it has counted. Plain numbers. */
import type { VersionRules } from '../version.js';
import type { MemberServer } from '../rpc/server.js';
import type { Counts } from './counts.js';

export interface MemberMetrics {
  readonly id: bigint;
  readonly rules: VersionRules;
  /** That the cluster has agreed on, such as `3.6`. */
  readonly clusterVersion: string;
  readonly hasLeader: boolean;
  readonly isLeader: boolean;
  readonly isLearner: boolean;
  /** The other members of the cluster. */
  readonly peers: readonly PeerMetrics[];
  readonly committedIndex: number;
  readonly appliedIndex: number;
  readonly proposalsPending: number;
  readonly revision: number;
  /** -1 before the first compaction. */
  readonly compactRevision: number;
  readonly keys: number;
  readonly watchStreams: number;
  readonly watchers: number;
  readonly slowWatchers: number;
  readonly sizeBytes: number;
  readonly sizeInUseBytes: number;
  readonly quotaBytes: number;
  readonly authRevision: number;
  /** Changes as the member goes on. */
  readonly counts: Readonly<Counts>;
}

export interface PeerMetrics {
  readonly id: bigint;
  /** The two reach each other. */
  readonly isActive: boolean;
}

/** @param proposalsPending without an outcome so far */
export function metricsOf(server: MemberServer, proposalsPending: number): MemberMetrics {
  const { machine, hub, knownLeader, peerHealth, id, rules } = server;
  const { store, quota, auth, counts } = machine;
  return {
    id,
    rules,
    clusterVersion: machine.version.text,
    hasLeader: knownLeader !== undefined,
    isLeader: knownLeader?.id === id,
    isLearner: server.isLearner,
    peers: machine.membership.members
      .filter(({ ID }) => ID !== id)
      .map(({ ID }) => ({ id: ID, isActive: peerHealth.isActive(ID) })),
    committedIndex: server.committedIndex,
    appliedIndex: server.appliedIndex,
    proposalsPending,
    revision: store.revision,
    compactRevision: store.compactRevision,
    keys: store.keys,
    watchStreams: hub.streams,
    watchers: hub.watchers,
    slowWatchers: hub.slowWatchers,
    sizeBytes: store.size.allocated,
    sizeInUseBytes: store.size.inUse,
    quotaBytes: quota.reportedBytes,
    authRevision: auth.revision,
    counts,
  };
}
