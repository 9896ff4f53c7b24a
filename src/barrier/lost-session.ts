/** How the end of a session shows in what was asked of etcd under it, and is told as what it is. */
import type { Effort } from '../effort.js';
import { IndefiniteError, isLeaseNotFound, SessionLostError } from '../errors.js';
import type { Session } from '../session.js';

/** The error of a process whose key is gone without its doing. */
export function placeGone(key: string): SessionLostError {
  return new SessionLostError(`the key ${key} is gone: its lease ended or another client deleted it`);
}

/**
 * The error as a caller is to see it: where the session has ended it says so. etcd may know of that before the session
 * does: then writes are refused for want of a lease, or the commit records, which go with it, are gone.
 */
export async function toldAsLoss(session: Session, effort: Effort, error: unknown): Promise<unknown> {
  if (!session.alive) return session.signal.reason;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isLeaseNotFound(cause)) return lost(error);
  }
  if (!(error instanceof IndefiniteError)) return error;
  const leaseGone = await effort.lastResort((last) => hasNoLease(session, last)).catch(() => false);
  return leaseGone ? lost(error) : error;
}

async function hasNoLease({ client, leaseId }: Session, effort: Effort): Promise<boolean> {
  const { TTL } = await effort.repeat((options) =>
    client.leaseClient.leaseTimeToLive({ ID: leaseId }, options),
  );
  return Number(TTL) <= 0;
}

function lost(cause: unknown): SessionLostError {
  return new SessionLostError('the session is lost: its lease has expired or was revoked', { cause });
}
