/**
 * Keys and values inside the in-memory etcd: strings whose code units are bytes (0 to 255). They are immutable,
 * hash fast as Map keys, are half the size of a typed array, and `<` compares them bytewise, as etcd does.
 */

/** A string whose every code unit is one byte. Bytes become one when a request is decoded. */
export type ByteString = string;

/** The bytes as a {@link ByteString}. */
export function byteStringOf(bytes: Uint8Array): ByteString {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** UTF-8 text as a {@link ByteString}. */
export function byteStringOfText(text: string): ByteString {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The bytes of a {@link ByteString}, in a new buffer. */
export function bytesOf(value: ByteString): Buffer {
  return Buffer.from(value, 'latin1');
}
