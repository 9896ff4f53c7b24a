/**
 * Passwords without their hashing: etcd keeps bcrypt hashes, the model keeps what bcrypt would have made a hash of.
 * Invariant: two passwords match here exactly if bcrypt takes one for the other.
 */
import { byteStringOfText, type ByteString } from '../byte-string.js';

/** How a user proves to be the one. */
export type Password =
  | { readonly kind: 'given'; readonly hashed: ByteString }
  /** Made without one: no client can log in under that name. */
  | { readonly kind: 'none' }
  /** A hash that came from a client, or an empty one: no password is known to match. */
  | { readonly kind: 'unmatched' };

/** bcrypt looks at so many bytes, and refuses to make a hash of more. */
const PASSWORD_BYTES_MAX = 72;

export function passwordOf(text: string): Password {
  return { kind: 'given', hashed: hashedPart(text) };
}

export function matches(password: Password, text: string): boolean {
  return password.kind === 'given' && password.hashed === hashedPart(text);
}

export function isTooLong(text: string): boolean {
  return Buffer.byteLength(text, 'utf8') > PASSWORD_BYTES_MAX;
}

/** bcrypt repeats the password and a zero byte until it has all the bytes that it looks at. */
function hashedPart(text: string): ByteString {
  const cycle = `${byteStringOfText(text)}\0`;
  return cycle.repeat(Math.ceil(PASSWORD_BYTES_MAX / cycle.length)).slice(0, PASSWORD_BYTES_MAX);
}

/** True where etcd can read this as a hash that a client made. */
export function isBase64(text: string): boolean {
  const code = text.replace(/[\r\n]/g, '');
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(code);
}
