/** A mistake in a scenario itself, outside its nodes: it throws where it must answer, or answers what makes no sense. */
import { describeThrown } from '../input/describe-thrown.js';

export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';

  /** @param message one line: which scenario, which part of it, and what is wrong with it */
  constructor(scenario: string, message: string, options?: ErrorOptions) {
    super(`scenario ${scenario}: ${message}`, options);
  }
}

/** Calls a part of a scenario; what it throws becomes a {@link ScenarioError} that names the part. */
export function inScenario<T>(scenario: string, part: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new ScenarioError(scenario, `${part} threw ${describeThrown(error)}`, { cause: error });
  }
}
