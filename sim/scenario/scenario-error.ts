/**
 * A mistake in a scenario itself, outside its nodes: it throws instead of answering, or its answer is invalid.
 */
import { describeThrown } from '../input/describe-thrown.js';

export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';

  /** @param message one line: the scenario, the part of it, and the mistake */
  constructor(scenario: string, message: string, options?: ErrorOptions) {
    super(`scenario ${scenario}: ${message}`, options);
  }
}

/**
 * Calls a part of a scenario; an error that it throws becomes a {@link ScenarioError} that names the part.
 */
export function inScenario<T>(scenario: string, part: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new ScenarioError(scenario, `${part} threw ${describeThrown(error)}`, { cause: error });
  }
}
