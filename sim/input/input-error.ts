/** Input that makes no sense, to whatever function of the library it was given. */
export class InputError extends Error {
  override readonly name: string = 'InputError';

  /** @param message one line: where, what was expected and what came */
  constructor(message: string) {
    super(message);
  }
}
