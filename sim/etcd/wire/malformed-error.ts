/**
 * The exception that decoding throws for malformed bytes. It never leaves the server: the call that sent them
 * ends with its text, which equals that of etcd's own decoder.
 */
export class MalformedError extends Error {
  override readonly name: string = 'MalformedError';
}

/** Text that is not UTF-8; only protobuf-go rejects it. */
export class InvalidTextError extends MalformedError {
  override readonly name = 'InvalidTextError';

  constructor() {
    super('string field contains invalid UTF-8');
  }
}

/** Messages that are nested too deep; only protobuf-go rejects them. */
export class TooDeepError extends MalformedError {
  override readonly name = 'TooDeepError';

  constructor() {
    super('proto:\u00a0exceeded maximum recursion depth');
  }
}

/** Undefined for bytes that are no message of the expected kind. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
