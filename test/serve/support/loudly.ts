/** Makes exceptions fail the tests of correct serving. */

/** Throws the exception instead of containing it: nothing catches it, so the test run fails. */
export function loudly(error: unknown): never {
  throw error;
}
