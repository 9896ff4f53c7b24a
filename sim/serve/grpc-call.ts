/**
 * One gRPC call on its HTTP/2 stream. Invariant: it ends with the member's status, or the member is told that the
 * client is gone; and what waits for a client that does not read is bounded, because the member is told to wait and
 * nothing more is read of the client.
 */
import { constants, type ServerHttp2Stream } from 'node:http2';
import { CODE } from '../etcd/errors.js';
import type { CallSink, CallStatus, EtcdHost, EtcdMember, ServerCall } from '../etcd/service.js';
import { AT_ONCE, refusalHeaders, statusHeaders, type Opening } from './grpc-headers.js';
import { frameOf, FrameReader } from './message-frames.js';

/** A stream for which so much waits is full. A single message may be larger. */
const FULL_BYTES = 1024 * 1024;

const WITH_TRAILERS = { waitForTrailers: true, sendDate: false };
/** grpc-go says this or resets the stream, whichever comes first; the code is the same for a client. */
const DEADLINE_EXCEEDED: CallStatus = { code: CODE.deadlineExceeded, details: 'context deadline exceeded' };
const BROKEN_OFF: CallStatus = { code: CODE.unknown, details: 'unexpected EOF' };

type AcceptedOpening = Extract<Opening, { readonly kind: 'call' }>;

export class GrpcCall implements CallSink {
  readonly #stream: ServerHttp2Stream;
  readonly #host: EtcdHost;
  readonly #opening: AcceptedOpening;
  readonly #reader: FrameReader;
  readonly #service: ServerCall;
  readonly #cancelDeadline: (() => void) | undefined;
  /** Frames of this turn of the event loop, which are sent together. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #ended = false;
  #wasFull = false;

  constructor(stream: ServerHttp2Stream, opening: AcceptedOpening, member: EtcdMember, host: EtcdHost) {
    this.#stream = stream;
    this.#host = host;
    this.#opening = opening;
    this.#reader = new FrameReader(opening.encoding);
    this.#service = member.open(opening.path, opening.metadata, this);
    stream.on('data', (chunk: Buffer) => this.#onData(chunk));
    stream.on('end', () => this.#onEnd());
    stream.on('drain', () => this.#onDrain());
    stream.on('close', () => this.#onGone());
    if (opening.timeoutMs !== Infinity && !this.#ended) {
      this.#cancelDeadline = host.schedule(opening.timeoutMs, () => this.#refuse(DEADLINE_EXCEEDED));
    }
  }

  isFull(): boolean {
    const isFull = this.#pendingBytes + this.#stream.writableLength > FULL_BYTES;
    this.#wasFull ||= isFull;
    return isFull;
  }

  message(bytes: Uint8Array): void {
    if (this.#ended) return;
    const frame = frameOf(bytes, this.#opening.encoding);
    if (this.#pending.push(frame) === 1) queueMicrotask(() => this.#flush());
    this.#pendingBytes += frame.length;
  }

  status(status: CallStatus): void {
    if (this.#ended) return;
    this.#end();
    const stream = this.#stream;
    if (stream.destroyed) return;
    if (!stream.headersSent && this.#pending.length === 0) {
      stream.respond(refusalHeaders(constants.HTTP_STATUS_OK, status), AT_ONCE);
      stopListening(stream);
    } else {
      stream.once('wantTrailers', () => {
        stream.sendTrailers(statusHeaders(status));
        // Trailers that have not left yet would be lost.
        if (mayGoOn(stream)) this.#host.schedule(0, () => stopListening(stream));
      });
      this.#respond();
      stream.end(this.#takePending());
    }
  }

  #onData(chunk: Buffer): void {
    if (this.#ended) return;
    this.#reader.push(chunk);
    this.#handOn();
  }

  #handOn(): void {
    while (!this.#ended) {
      if (this.isFull()) {
        this.#stream.pause();
        return;
      }
      const frame = this.#reader.next();
      if (frame === undefined) return;
      if (frame.kind === 'message') this.#service.message(frame.bytes);
      else this.#refuse(frame.status);
    }
  }

  #onEnd(): void {
    if (this.#ended) return;
    if (this.#reader.isInMessage) this.#refuse(BROKEN_OFF);
    else this.#service.halfClose();
  }

  #onDrain(): void {
    if (!this.#wasFull || this.#ended) return;
    this.#wasFull = false;
    this.#handOn();
    if (this.#ended) return;
    this.#stream.resume();
  }

  #onGone(): void {
    if (this.#ended) return;
    this.#end();
    this.#service.cancel();
  }

  /** Ends the call without asking the member, and tells it. */
  #refuse(status: CallStatus): void {
    if (this.#ended) return;
    this.status(status);
    this.#service.cancel();
  }

  #end(): void {
    this.#ended = true;
    this.#cancelDeadline?.();
  }

  #flush(): void {
    if (this.#pending.length === 0 || this.#stream.destroyed) return;
    this.#respond();
    this.#stream.write(this.#takePending());
  }

  #takePending(): Buffer {
    const [only, ...others] = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    if (only === undefined) return Buffer.alloc(0);
    return others.length === 0 ? only : Buffer.concat([only, ...others]);
  }

  #respond(): void {
    if (this.#stream.headersSent) return;
    const { contentType, encoding } = this.#opening;
    const headers = { ':status': constants.HTTP_STATUS_OK, 'content-type': contentType };
    const gzip = { ...headers, 'grpc-encoding': encoding };
    this.#stream.respond(encoding === 'identity' ? headers : gzip, WITH_TRAILERS);
  }
}

/** A client that could say more is told that nobody listens; its answer has been given. */
export function stopListening(stream: ServerHttp2Stream): void {
  if (stream.destroyed || stream.readableEnded) return;
  stream.resume();
  if (mayGoOn(stream)) stream.close(constants.NGHTTP2_NO_ERROR);
}

/** The client has not said that this was all. */
function mayGoOn(stream: ServerHttp2Stream): boolean {
  return !stream.readableEnded && stream.state.remoteClose !== 1;
}
