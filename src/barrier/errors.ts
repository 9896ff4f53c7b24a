/** What a barrier refuses. Invariant: whoever is told so has written nothing that stays. */
import { DefiniteError } from '../errors.js';

/** Somebody holds the barrier already. It was not held anew. */
export class BarrierHeldError extends DefiniteError {
  override readonly name = 'BarrierHeldError';
}

/** As many as the barrier is for are there already. The caller did not enter. */
export class TooManyClientsError extends DefiniteError {
  override readonly name = 'TooManyClientsError';
}
