/**
 * The exception that decoding throws on bytes that are no message. It never leaves the server: the call that sent
 * them ends with its text, which is the one etcd's own decoder gives.
 */
export class MalformedError extends Error {
  override readonly name: string = 'MalformedError';
}

/** Text that is not UTF-8, which only protobuf-go minds. */
export class InvalidTextError extends MalformedError {
  override readonly name = 'InvalidTextError';

  constructor() {
    super('string field contains invalid UTF-8');
  }
}

/** Messages that are nested too deep, which only protobuf-go minds. */
export class TooDeepError extends MalformedError {
  override readonly name = 'TooDeepError';

  constructor() {
    super('proto:\u00a0exceeded maximum recursion depth');
  }
}
