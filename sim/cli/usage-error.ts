/** A mistake in what the user asked for; it ends the command with one line on stderr and exit code 64. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  /** @param message one line: what was expected and what came */
  constructor(message: string) {
    super(message);
  }
}
