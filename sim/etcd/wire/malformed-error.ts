/**
 * The exception that decoding throws on bytes that are no message. It never leaves the server: the call that sent
 * them ends with its text, which is the one etcd's own decoder gives.
 */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}
