/** Every kind of fault. Adding one is one file and one line here. */
import { connectionReset, type ConnectionResetFault } from './connection-reset.js';
import { compaction, type CompactionFault } from './compaction.js';
import type { FaultKind } from './fault.js';
import { latency, type LatencyFault } from './latency.js';
import { leaseRevoked, type LeaseRevokedFault } from './lease-revoked.js';
import { memberRestart, type MemberRestartFault } from './member-restart.js';
import { partition, type PartitionFault } from './partition.js';
import { replyLost, type ReplyLostFault } from './reply-lost.js';
import { requestLost, type RequestLostFault } from './request-lost.js';

/** One entry of a plan. */
export type Fault =
  | LatencyFault
  | RequestLostFault
  | ReplyLostFault
  | ConnectionResetFault
  | PartitionFault
  | MemberRestartFault
  | CompactionFault
  | LeaseRevokedFault;

/** The kinds by name, in the order people read them. */
export const faultKinds: { readonly [K in Fault['kind']]: FaultKind<Extract<Fault, { kind: K }>> } = {
  latency,
  'request-lost': requestLost,
  'reply-lost': replyLost,
  'connection-reset': connectionReset,
  partition,
  'member-restart': memberRestart,
  compaction,
  'lease-revoked': leaseRevoked,
};

/** The names `--faults` takes. */
export const faultKindNames = Object.keys(faultKinds) as readonly Fault['kind'][];

/** The kind of a fault, with the type that ties the two together. */
export function kindOf(fault: Fault): FaultKind<Fault> {
  return faultKinds[fault.kind];
}
