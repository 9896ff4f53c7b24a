/**
 * The errors of the recipes, and what errors of etcd3 mean. Invariant: every error made here carries `definite`: true if
 * nothing happened and nothing will, false if a write may have applied or may still apply.
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
  /** True if nothing was written and nothing will be; false if a write may have applied or may still apply. */
  abstract readonly definite: boolean;
}

/** The call did nothing and will do nothing. `cause` has the reason, if etcd or the client gave one. */
export class DefiniteError extends RecipeError {
  override readonly name: string = 'DefiniteError';
  readonly definite = true;
}

/** A write may have applied, or may still apply, and etcd could not be asked about it. */
export class IndefiniteError extends RecipeError {
  override readonly name = 'IndefiniteError';
  readonly definite = false;
}

/** Other clients changed the same keys in every allowed attempt. Nothing was written. */
export class ConflictError extends DefiniteError {
  override readonly name = 'ConflictError';
}

/** The handle was closed, before or during the call. The call did nothing. */
export class ClosedError extends DefiniteError {
  override readonly name = 'ClosedError';
}

/**
 * The session has ended: its lease expired, was revoked, or could not be renewed in time. Nothing is held under it any
 * more. The call did nothing.
 */
export class SessionLostError extends DefiniteError {
  override readonly name = 'SessionLostError';
}

/** etcd's text if users or roles changed during a request. */
const USERS_CHANGED = 'revision of auth store is old';

/** The text of a member that only learns and has no vote yet. */
const LEARNS = 'rpc not supported for learner';

/**
 * Whether the same request may succeed if it is sent again. This is so if the connection broke, the deadline passed,
 * there is no leader, there are too many requests, users changed during the request, the member is a learner, or etcd3's
 * circuit breaker is open. It does not tell what an earlier send did.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // cockatiel's error: etcd3 has sent nothing.
  if ('isBrokenCircuitError' in error) return true;
  // A database without space and a message beyond the limit have the same code as a busy server.
  if (error instanceof GRPCResourceExhastedError) return error.message.includes('too many requests');
  // Users or roles changed between the check of its token and the request itself.
  if (error instanceof GRPCInvalidArgumentError) return error.message.includes(USERS_CHANGED);
  // Another member serves it; etcd's own client sends it again too.
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

/** etcd knows no lease with this id, or no longer. */
export function isLeaseNotFound(error: unknown): boolean {
  return (
    error instanceof EtcdLeaseInvalidError ||
    (error instanceof Error && error.message.includes('requested lease not found'))
  );
}

/** The token is no longer valid: it has expired, or the password was set again. */
export function isTokenRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message.includes('invalid auth token') || error.message.includes(USERS_CHANGED);
}

/** The message of an error, or the thrown value as text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
