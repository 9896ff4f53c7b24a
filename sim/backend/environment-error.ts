/**
 * A problem outside the run: no etcd available, an endpoint that does not answer, a port in use. It is
 * neither a finding about the code under test nor a mistake in it.
 */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';

  /** @param message one line: the missing part and the remedy */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
