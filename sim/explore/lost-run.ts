/**
 * The process that ran a seed ended before the run did: the seed's result is unknown, and the sweep continues
 * with the next.
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
