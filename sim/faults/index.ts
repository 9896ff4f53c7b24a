/** Every kind of fault. Adding one is one file and one line here. */
import { clockJump, type ClockJumpFault } from './clock-jump.js';
import { compaction, type CompactionFault } from './compaction.js';
import { connectionReset, type ConnectionResetFault } from './connection-reset.js';
import type { FaultKind } from './fault.js';
import { latency, type LatencyFault } from './latency.js';
import { leaderChange, type LeaderChangeFault } from './leader-change.js';
import { leaseRevoked, type LeaseRevokedFault } from './lease-revoked.js';
import { memberPartition, type MemberPartitionFault } from './member-partition.js';
import { memberPause, type MemberPauseFault } from './member-pause.js';
import { memberRestart, type MemberRestartFault } from './member-restart.js';
import { noSpace, type NoSpaceFault } from './no-space.js';
import { nodeCrash, type NodeCrashFault } from './node-crash.js';
import { nodePause, type NodePauseFault } from './node-pause.js';
import { partition, type PartitionFault } from './partition.js';
import { replyDelayed, type ReplyDelayedFault } from './reply-delayed.js';
import { replyLost, type ReplyLostFault } from './reply-lost.js';
import { requestDelayed, type RequestDelayedFault } from './request-delayed.js';
import { requestLost, type RequestLostFault } from './request-lost.js';
import { slowMember, type SlowMemberFault } from './slow-member.js';
import { watchCancelled, type WatchCancelledFault } from './watch-cancelled.js';

/** One entry of a plan. */
export type Fault =
  | LatencyFault
  | RequestLostFault
  | ReplyLostFault
  | RequestDelayedFault
  | ReplyDelayedFault
  | ConnectionResetFault
  | PartitionFault
  | WatchCancelledFault
  | NodePauseFault
  | NodeCrashFault
  | ClockJumpFault
  | MemberRestartFault
  | MemberPauseFault
  | MemberPartitionFault
  | LeaderChangeFault
  | SlowMemberFault
  | CompactionFault
  | LeaseRevokedFault
  | NoSpaceFault;

/** The kinds by name, in the order people read them. */
export const faultKinds: { readonly [K in Fault['kind']]: FaultKind<Extract<Fault, { kind: K }>> } = {
  latency,
  'request-lost': requestLost,
  'reply-lost': replyLost,
  'request-delayed': requestDelayed,
  'reply-delayed': replyDelayed,
  'connection-reset': connectionReset,
  partition,
  'watch-cancelled': watchCancelled,
  'node-pause': nodePause,
  'node-crash': nodeCrash,
  'clock-jump': clockJump,
  'member-restart': memberRestart,
  'member-pause': memberPause,
  'member-partition': memberPartition,
  'leader-change': leaderChange,
  'slow-member': slowMember,
  compaction,
  'lease-revoked': leaseRevoked,
  'no-space': noSpace,
};

/** The names `--faults` takes. */
export const faultKindNames = Object.keys(faultKinds) as readonly Fault['kind'][];

/** The kind of a fault, with the type that ties the two together. */
export function kindOf(fault: Fault): FaultKind<Fault> {
  return faultKinds[fault.kind];
}
