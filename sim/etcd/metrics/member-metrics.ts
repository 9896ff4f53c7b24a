/** What can be measured of a member at one moment: what it is, how it stands, and what it has counted. Plain numbers. */
import type { VersionRules } from '../version.js';
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
