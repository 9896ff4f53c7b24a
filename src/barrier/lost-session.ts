/** Turns errors that the end of a session causes into a {@link SessionLostError}. */
import type { Effort } from '../effort.js';
import { IndefiniteError, isLeaseNotFound, SessionLostError } from '../errors.js';
import type { Session } from '../session.js';

/** The error of a process whose key is gone. */
export function placeGone(key: string): SessionLostError {
  return new SessionLostError(`the key ${key} is gone: its lease ended or another client deleted it`);
}

/**
 * The error for the caller: a session's loss if that caused it. etcd may know of the loss before the session does. Then it
 * refuses writes because the lease is missing, or the commit records of the session are gone.
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
