/** The refusals of a barrier. Invariant: a refused call leaves nothing written. */
import { DefiniteError } from '../errors.js';

/** The barrier is already held, so this call did not hold it. */
export class BarrierHeldError extends DefiniteError {
  override readonly name = 'BarrierHeldError';
}

/** The barrier already has its full count. The caller did not enter. */
export class TooManyClientsError extends DefiniteError {
  override readonly name = 'TooManyClientsError';
}
