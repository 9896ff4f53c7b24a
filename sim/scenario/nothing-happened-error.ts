/** How an operation says of itself that nothing of it happened, whatever its requests did. */

/**
 * Thrown in the body of `perform`: nothing of the operation happened, and nothing will. The operation is recorded as
 * `failed`, by the name and the message of the cause where it has one. Any error with `nothingHappened: true` says
 * the same.
 */
export class NothingHappenedError extends Error {
  override readonly name = 'NothingHappenedError';
  readonly nothingHappened = true;
}
