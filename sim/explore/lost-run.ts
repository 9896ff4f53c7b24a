/**
 * The process that ran a seed has ended before the run had: nothing is known about that seed, and the sweep goes on with
 * the next.
 */
export class LostRunError extends Error {
  override readonly name = 'LostRunError';

  constructor(
    readonly seed: number,
    /** How the process ended, such as `exit code 70`. */
    readonly how: string,
  ) {
    super(`the process of seed ${seed} ended with ${how}`);
  }
}
