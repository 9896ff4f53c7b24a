/** Every kind of fault. Adding one is one file and one line here. */
import * as v from 'valibot';
import { clockJump, type ClockJumpFault } from './node/clock-jump.js';
import { compaction, type CompactionFault } from './data/compaction.js';
import { connectionReset, type ConnectionResetFault } from './link/connection-reset.js';
import type { FaultKind } from './fault.js';
import { list, oneOfMany } from '../input/schema.js';
import { latency, type LatencyFault } from './link/latency.js';
import { leaderChange, type LeaderChangeFault } from './member/leader-change.js';
import { leaseRevoked, type LeaseRevokedFault } from './data/lease-revoked.js';
import { memberPartition, type MemberPartitionFault } from './member/member-partition.js';
import { memberPause, type MemberPauseFault } from './member/member-pause.js';
import { memberReplaced, type MemberReplacedFault } from './member/member-replaced.js';
import { memberRestart, type MemberRestartFault } from './member/member-restart.js';
import { noSpace, type NoSpaceFault } from './data/no-space.js';
import { nodeCrash, type NodeCrashFault } from './node/node-crash.js';
import { nodePause, type NodePauseFault } from './node/node-pause.js';
import { partition, type PartitionFault } from './link/partition.js';
import { replyDelayed, type ReplyDelayedFault } from './link/reply-delayed.js';
import { replyLost, type ReplyLostFault } from './link/reply-lost.js';
import { requestDelayed, type RequestDelayedFault } from './link/request-delayed.js';
import { requestLost, type RequestLostFault } from './link/request-lost.js';
import { tokenExpired, type TokenExpiredFault } from './data/token-expired.js';
import { slowMember, type SlowMemberFault } from './member/slow-member.js';
import { watchCompacted, type WatchCompactedFault } from './data/watch-compacted.js';
import { watchCancelled, type WatchCancelledFault } from './link/watch-cancelled.js';
import { bandwidth, type BandwidthFault } from './link/bandwidth.js';
import { slowClose, type SlowCloseFault } from './link/slow-close.js';
import { halfOpen, type HalfOpenFault } from './link/half-open.js';
import { messageSliced, type MessageSlicedFault } from './link/message-sliced.js';
import { messageTruncated, type MessageTruncatedFault } from './link/message-truncated.js';
import { clockOffset, type ClockOffsetFault } from './node/clock-offset.js';
import { clockDrift, type ClockDriftFault } from './node/clock-drift.js';
import { quorumLoss, type QuorumLossFault } from './member/quorum-loss.js';

/** One entry of a plan. */
export type Fault =
  | LatencyFault
  | BandwidthFault
  | MessageSlicedFault
  | RequestLostFault
  | ReplyLostFault
  | RequestDelayedFault
  | ReplyDelayedFault
  | MessageTruncatedFault
  | ConnectionResetFault
  | HalfOpenFault
  | SlowCloseFault
  | PartitionFault
  | WatchCancelledFault
  | NodePauseFault
  | NodeCrashFault
  | ClockOffsetFault
  | ClockDriftFault
  | ClockJumpFault
  | MemberRestartFault
  | MemberPauseFault
  | MemberPartitionFault
  | QuorumLossFault
  | MemberReplacedFault
  | LeaderChangeFault
  | SlowMemberFault
  | CompactionFault
  | WatchCompactedFault
  | LeaseRevokedFault
  | TokenExpiredFault
  | NoSpaceFault;

/** The kinds by name, in the order people read them. */
export const faultKinds: { readonly [K in Fault['kind']]: FaultKind<Extract<Fault, { kind: K }>> } = {
  latency,
  bandwidth,
  'message-sliced': messageSliced,
  'request-lost': requestLost,
  'reply-lost': replyLost,
  'request-delayed': requestDelayed,
  'reply-delayed': replyDelayed,
  'message-truncated': messageTruncated,
  'connection-reset': connectionReset,
  'half-open': halfOpen,
  'slow-close': slowClose,
  partition,
  'watch-cancelled': watchCancelled,
  'node-pause': nodePause,
  'node-crash': nodeCrash,
  'clock-offset': clockOffset,
  'clock-drift': clockDrift,
  'clock-jump': clockJump,
  'member-restart': memberRestart,
  'member-pause': memberPause,
  'member-partition': memberPartition,
  'quorum-loss': quorumLoss,
  'member-replaced': memberReplaced,
  'leader-change': leaderChange,
  'slow-member': slowMember,
  compaction,
  'watch-compacted': watchCompacted,
  'lease-revoked': leaseRevoked,
  'token-expired': tokenExpired,
  'no-space': noSpace,
};

/** The names that `--faults` accepts. */
export const faultKindNames = Object.keys(faultKinds) as readonly Fault['kind'][];

/** Any fault that a repro may hold. */
export const faultSchema = v.variant(
  'kind',
  Object.values(faultKinds).map(({ schema }) => schema) as unknown as readonly FaultOption[],
  oneOfMany('a known kind of fault', faultKindNames),
) as unknown as v.GenericSchema<unknown, Fault>;

/** The faults of a plan. */
export const writtenFaultsSchema = list(faultSchema, 'a list of faults');

type FaultOption = v.StrictObjectSchema<{ kind: v.LiteralSchema<string, undefined> }, undefined>;

/** Whether a modified fault can still be run. */
export function isPossibleFault(fault: Fault): boolean {
  return v.is(faultSchema, fault);
}

/** The kind of a fault, typed so that the two match. */
export function kindOf(fault: Fault): FaultKind<Fault> {
  return faultKinds[fault.kind];
}

/** Whether a run with these faults turns authentication on. */
export function needsAuthentication(faults: readonly Fault[]): boolean {
  return faults.some((fault) => kindOf(fault).authentication === true);
}

/** The target of the fault. */
export interface FaultAims {
  readonly nodes: readonly string[];
  /** Where there are nodes, links lead from them to these: members, or other nodes that serve. */
  readonly members: readonly string[];
}

/** What the fault is aimed at and is not there. */
export function strayAimsOf(
  fault: Fault,
  { nodes, members }: { readonly nodes: readonly string[]; readonly members: readonly string[] },
): FaultAims {
  const aims = aimsOf(fault);
  const ends = aims.nodes.length === 0 ? members : [...members, ...nodes];
  return {
    nodes: aims.nodes.filter((name) => !nodes.includes(name)),
    members: aims.members.filter((name) => !ends.includes(name)),
  };
}

export function aimsOf(fault: Fault): FaultAims {
  const { node, member, lost } = fault as {
    readonly node?: string;
    readonly member?: string;
    readonly lost?: readonly string[];
  };
  const named = (name: string | undefined) => (name === undefined ? [] : [name]);
  return { nodes: named(node), members: [...named(member), ...(lost ?? [])] };
}
