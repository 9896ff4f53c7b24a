/** A mistake in what the user asked for; it ends the command with one line on stderr and exit code 64. */
import { InputError } from '../../input/input-error.js';

export class UsageError extends InputError {
  override readonly name = 'UsageError';
}
