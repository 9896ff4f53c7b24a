/** Measurements of a member at one moment: its identity, its state, and its counts. Plain numbers. */
import type { VersionRules } from '../version.js';
import type { Counts } from './counts.js';

export interface MemberMetrics {
  readonly id: bigint;
  readonly rules: VersionRules;
  /** Agreed on by the cluster, such as `3.6`. */
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
  /** Changes while the member runs. */
  readonly counts: Readonly<Counts>;
}

export interface PeerMetrics {
  readonly id: bigint;
  /** Whether the two reach each other. */
  readonly isActive: boolean;
}
