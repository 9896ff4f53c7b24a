/**
 * The errors of the recipes, and how errors of etcd3 are read. Invariant: every error made here carries `definite`:
 * true where nothing happened and nothing will, false where a write may have applied or may still apply.
 */
import {
  EtcdLeaseInvalidError,
  GRPCFailedPreconditionError,
  GRPCInternalError,
  GRPCInvalidArgumentError,
  GRPCResourceExhastedError,
  isRecoverableError,
} from 'etcd3';

/** An error of a recipe. */
export abstract class RecipeError extends Error {
  /** True where nothing was written and nothing will be; false where it may have been, or may still be. */
  abstract readonly definite: boolean;
}

/** What was asked for did not happen and will not. `cause` has the reason, where etcd or the client gave one. */
export class DefiniteError extends RecipeError {
  override readonly name: string = 'DefiniteError';
  readonly definite = true;
}

/** A write may have applied, or may still apply, and nothing could be found out any more. */
export class IndefiniteError extends RecipeError {
  override readonly name = 'IndefiniteError';
  readonly definite = false;
}

/** Others changed the same keys in every attempt that was allowed. Nothing was written. */
export class ConflictError extends DefiniteError {
  override readonly name = 'ConflictError';
}

/** The handle was closed, before or while it was called. What was asked for did not happen. */
export class ClosedError extends DefiniteError {
  override readonly name = 'ClosedError';
}

/**
 * The session has ended: its lease expired, was revoked, or could not be renewed in time. Whatever was held under
 * it is held no longer. What was asked for did not happen.
 */
export class SessionLostError extends DefiniteError {
  override readonly name = 'SessionLostError';
}

/** What etcd says where users or roles were changed while it was asked. */
const USERS_CHANGED = 'revision of auth store is old';

/** What a member says that was added to learn and has no vote yet. */
const LEARNS = 'rpc not supported for learner';

/**
 * Whether the same request may succeed if it is sent again: the connection broke, the deadline passed, no leader,
 * too many requests, users changed on the way, the member only learns yet, etcd3's circuit breaker is open. Says nothing
 * about what an earlier send did.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // cockatiel's, thrown by etcd3 where it has sent nothing.
  if ('isBrokenCircuitError' in error) return true;
  // A database without space and a message beyond the limit have the same code as a busy server.
  if (error instanceof GRPCResourceExhastedError) return error.message.includes('too many requests');
  // Refused, for somebody changed users or roles between the look at its token and what it asked for.
  if (error instanceof GRPCInvalidArgumentError) return error.message.includes(USERS_CHANGED);
  // Another member serves it; etcd's own client sends it again, too.
  if (error instanceof GRPCFailedPreconditionError) return error.message.includes(LEARNS);
  // A request that cannot be encoded never can.
  if (error instanceof GRPCInternalError && error.message.includes('serialization failure')) return false;
  return isRecoverableError(error);
}

/** A member that lags was asked for a revision it has not seen yet. */
export function isFutureRevision(error: unknown): boolean {
  return error instanceof Error && error.message.includes('required revision is a future revision');
}

/** The revision that was asked for is gone. */
export function isCompacted(error: unknown): boolean {
  return error instanceof Error && error.message.includes('required revision has been compacted');
}

/** etcd knows no lease of this id (any more). */
export function isLeaseNotFound(error: unknown): boolean {
  return (
    error instanceof EtcdLeaseInvalidError ||
    (error instanceof Error && error.message.includes('requested lease not found'))
  );
}

/** The token that was sent is no longer valid: its time is over, or the password was set again. */
export function isTokenRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message.includes('invalid auth token') || error.message.includes(USERS_CHANGED);
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
