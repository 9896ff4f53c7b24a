/**
 * gRPC's frames: five bytes with the compression and the length of a message, followed by the message.
 * Invariant: it keeps no more of a message than the server may receive. A message that announces a larger
 * size is refused before it arrives, as in grpc-go.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { CODE, ERRORS } from '../etcd/errors.js';
import { RECEIVED_BYTES_MAX } from '../etcd/rpc/server.js';
import type { CallStatus } from '../etcd/call-status.js';
import type { Encoding } from './grpc-headers.js';

const PREFIX_BYTES = 5;
const NOTHING = Buffer.alloc(0);

/** A whole message, or the status that ends its call. */
export type Frame =
  | { readonly kind: 'message'; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly status: CallStatus };

export class FrameReader {
  readonly #encoding: Encoding;
  /** Received bytes that are no whole frame yet. */
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** The length of the incomplete frame, including its prefix; known once the prefix has arrived. */
  #wanted = PREFIX_BYTES;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  /** True if the client has stopped in the middle of a message. */
  get isInMessage(): boolean {
    return this.#bytes >= PREFIX_BYTES;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** The next whole frame that has arrived. */
  next(): Frame | undefined {
    if (this.#bytes < this.#wanted) return undefined;
    const data = this.#joined();
    const flag = data.readUInt8(0);
    const length = data.readUInt32BE(1);
    const refusal = this.#check(flag, length);
    if (refusal !== undefined) return { kind: 'refused', status: refusal };
    this.#wanted = PREFIX_BYTES + length;
    if (data.length < this.#wanted) return undefined;
    const bytes = data.subarray(PREFIX_BYTES, this.#wanted);
    const rest = data.subarray(this.#wanted);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
    this.#wanted = PREFIX_BYTES;
    return flag === 1 ? decompress(bytes) : { kind: 'message', bytes };
  }

  #joined(): Buffer {
    const [only = NOTHING] = this.#chunks;
    if (this.#chunks.length <= 1) return only;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }

  #check(flag: number, length: number): CallStatus | undefined {
    if (flag > 1) return internal(`grpc: received unexpected payload format ${flag}`);
    const tooLarge = refusalOfSize(length);
    if (tooLarge !== undefined) return tooLarge;
    if (flag === 1 && this.#encoding === 'identity') {
      return internal('grpc: compressed flag set with identity or empty encoding');
    }
    return undefined;
  }
}

/** The refusal of a message with this many bytes; undefined if it is not too large. */
export function refusalOfSize(bytes: number): CallStatus | undefined {
  if (bytes <= RECEIVED_BYTES_MAX) return undefined;
  const details = `${ERRORS.messageTooLarge.text}(${bytes} vs. ${RECEIVED_BYTES_MAX})`;
  return { code: ERRORS.messageTooLarge.code, details };
}

/** The message in its frame. */
export function frameOf(message: Uint8Array, encoding: Encoding): Buffer {
  const bytes = encoding === 'gzip' ? gzipSync(message) : message;
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + bytes.length);
  frame.writeUInt8(encoding === 'gzip' ? 1 : 0, 0);
  frame.writeUInt32BE(bytes.length, 1);
  frame.set(bytes, PREFIX_BYTES);
  return frame;
}

function decompress(bytes: Buffer): Frame {
  try {
    return { kind: 'message', bytes: gunzipSync(bytes, { maxOutputLength: RECEIVED_BYTES_MAX }) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      const details = `grpc: received message after decompression larger than max ${RECEIVED_BYTES_MAX}`;
      return { kind: 'refused', status: { code: CODE.resourceExhausted, details } };
    }
    return {
      kind: 'refused',
      status: internal(`grpc: failed to decompress the message: ${reasonOf(bytes)}`),
    };
  }
}

const GZIP_HEADER_BYTES = 10;

/** The error of Go's gzip for the header; for later errors it has more texts. */
function reasonOf(bytes: Buffer): string {
  if (bytes.length < GZIP_HEADER_BYTES) return bytes.length === 0 ? 'EOF' : 'unexpected EOF';
  return bytes.readUInt16BE(0) === 0x1f8b ? 'unexpected EOF' : 'gzip: invalid header';
}

function internal(details: string): CallStatus {
  return { code: CODE.internal, details };
}
