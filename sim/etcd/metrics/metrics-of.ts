/** Measures a member: reads its identity and state, and changes nothing. */
import type { MemberServer } from '../rpc/server.js';
import type { MemberMetrics } from './member-metrics.js';

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
