/**
 * Changes that a member refuses to propose because the cluster might not survive them (etcd's
 * `--strict-reconfig-check`, which is on). Invariant: it looks only at voters, and a member counts as started
 * once it has published its name.
 */
import { ERRORS } from '../errors.js';
import { failed, type Failure } from '../result.js';
import type { ClusterMember, Members, Membership } from './membership.js';

/** How the asked member sees another one. */
export interface PeerHealth {
  /** Itself, or connected without a break for as long as etcd requires. */
  isConnected(id: bigint): boolean;
  /** Connected right now. */
  isActive(id: bigint): boolean;
  /** Whether it has nine tenths of the leader's log. */
  isCaughtUp(id: bigint): boolean;
  /** The asked member. */
  readonly self: bigint;
}

/** How long a connection must have held before etcd trusts it. */
export const HEALTH_INTERVAL_MS = 5_000;

const NOT_ENOUGH_STARTED = failed(ERRORS.memberNotEnoughStarted);
const UNHEALTHY = failed(ERRORS.unhealthy);

/** @param needsAllPeers whether all voters have to be connected, or only a quorum of the future ones */
export function refuseAdd(
  membership: Membership,
  isLearner: boolean,
  health: PeerHealth,
  needsAllPeers: boolean,
): Failure | undefined {
  const { voters } = membership;
  if (!isLearner && !isReadyToAdd(voters)) return NOT_ENOUGH_STARTED;
  const connected = countConnected(voters, health);
  if (needsAllPeers) return connected === voters.length ? undefined : UNHEALTHY;
  return voters.length === 1 || connected >= quorumOf(voters.length + 1) ? undefined : UNHEALTHY;
}

export function refuseRemove(membership: Membership, id: bigint, health: PeerHealth): Failure | undefined {
  if (membership.find(id)?.isLearner === true) return undefined;
  const { voters } = membership;
  const rest = voters.filter(({ ID }) => ID !== id);
  if (countStarted(rest) < quorumOf(rest.length)) return NOT_ENOUGH_STARTED;
  // A member that is down takes no part in the quorum.
  if (id !== health.self && !health.isActive(id)) return undefined;
  const connected = countConnected(voters, health);
  return connected - 1 < 1 + Math.trunc((voters.length - 1) / 2) ? UNHEALTHY : undefined;
}

/** The learner counts as started. */
export function refusePromote(membership: Membership): Failure | undefined {
  const { voters } = membership;
  return countStarted(voters) + 1 < quorumOf(voters.length + 1) ? NOT_ENOUGH_STARTED : undefined;
}

/**
 * One started member may always get a second, to restore a cluster from one, although that costs it its
 * quorum.
 */
function isReadyToAdd(voters: Members): boolean {
  const started = countStarted(voters);
  if (started === 1 && voters.length === 1) return true;
  return started >= quorumOf(voters.length + 1);
}

function quorumOf(members: number): number {
  return Math.trunc(members / 2) + 1;
}

function countStarted(members: Members): number {
  return members.filter(({ name }: ClusterMember) => name !== '').length;
}

function countConnected(members: Members, health: PeerHealth): number {
  return members.filter(({ ID }) => health.isConnected(ID)).length;
}
