/**
 * One gRPC call on its HTTP/2 stream. Invariant: it ends with the member's status or, if the service threw,
 * with INTERNAL; or the member learns that the client is gone. The data waiting for a client that does not
 * read is bounded: the member is asked to wait, and no more is read from the client.
 */
import { constants, type ServerHttp2Stream } from 'node:http2';
import { CODE } from '../etcd/errors.js';
import { metadataOf } from '../etcd/metadata.js';
import { ENDED_CALL } from '../etcd/rpc/streaming.js';
import type { CallSink, EtcdHost, EtcdMember, ServerCall } from '../etcd/service.js';
import type { CallStatus } from '../etcd/call-status.js';
import type { Containment, Failing } from './containment.js';
import { AT_ONCE, refusalHeaders, statusHeaders, type Opening } from './grpc-headers.js';
import { frameOf, FrameReader } from './message-frames.js';
import { stopListening } from './stop-listening.js';

/** A stream with this much waiting counts as full. A single message may be larger. */
const FULL_BYTES = 1024 * 1024;

const WITH_TRAILERS = { waitForTrailers: true, sendDate: false };
/** grpc-go sends this status or resets the stream, whichever comes first; a client gets the same code. */
const DEADLINE_EXCEEDED: CallStatus = { code: CODE.deadlineExceeded, details: 'context deadline exceeded' };
const BROKEN_OFF: CallStatus = { code: CODE.unknown, details: 'unexpected EOF' };

type AcceptedOpening = Extract<Opening, { readonly kind: 'call' }>;

/** The parts that serve calls. */
export interface CallParts {
  readonly member: EtcdMember;
  /** The clock for the deadlines of calls. */
  readonly host: EtcdHost;
  readonly containment: Containment;
  /** From the client's certificate; see {@link CallMetadata}. */
  readonly commonName: string | undefined;
}

export class GrpcCall implements CallSink, Failing {
  readonly #stream: ServerHttp2Stream;
  readonly #host: EtcdHost;
  readonly #containment: Containment;
  readonly #opening: AcceptedOpening;
  readonly #commonName: string | undefined;
  readonly #reader: FrameReader;
  #service: ServerCall = ENDED_CALL;
  #cancelDeadline: (() => void) | undefined;
  /** Frames of this turn of the event loop, to be sent together. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #ended = false;
  #wasFull = false;

  constructor(
    stream: ServerHttp2Stream,
    opening: AcceptedOpening,
    { host, containment, commonName }: CallParts,
  ) {
    this.#stream = stream;
    this.#host = host;
    this.#containment = containment;
    this.#opening = opening;
    this.#commonName = commonName;
    this.#reader = new FrameReader(opening.encoding);
  }

  /** Starts the call at the member. */
  begin(member: EtcdMember): void {
    const stream = this.#stream;
    const { path, timeoutMs, metadata: heard } = this.#opening;
    const metadata = this.#commonName === undefined ? heard : metadataOf(heard, this.#commonName);
    this.#contained(() => (this.#service = member.open(path, metadata, this)));
    stream.on('data', (chunk: Buffer) => this.#contained(() => this.#onData(chunk)));
    stream.on('end', () => this.#contained(() => this.#onEnd()));
    stream.on('drain', () => this.#contained(() => this.#onDrain()));
    stream.on('close', () => this.#contained(() => this.#onGone()));
    if (timeoutMs !== Infinity && !this.#ended) {
      this.#cancelDeadline = this.#host.schedule(timeoutMs, () => this.#refuse(DEADLINE_EXCEEDED));
    }
  }

  /** The service threw. */
  fail(error: unknown): void {
    const details = `etcd-sim: internal error: ${error instanceof Error ? error.message : String(error)}`;
    try {
      this.#refuse({ code: CODE.internal, details });
    } finally {
      // If the status has left, or is about to, this is too late to change anything.
      if (!this.#stream.headersSent) this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
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
    if (this.#pending.push(frame) === 1) queueMicrotask(() => this.#contained(() => this.#flush()));
    this.#pendingBytes += frame.length;
  }

  status(status: CallStatus): void {
    if (this.#ended) return;
    this.#end();
    const stream = this.#stream;
    if (isGone(stream)) return;
    if (!stream.headersSent && this.#pending.length === 0) {
      stream.respond(refusalHeaders(constants.HTTP_STATUS_OK, status), AT_ONCE);
      stopListening(stream, this.#host);
    } else {
      stream.once('wantTrailers', () => {
        this.#contained(() => {
          if (isGone(stream)) return;
          stream.sendTrailers(statusHeaders(status));
          stopListening(stream, this.#host);
        });
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

  /** Ends the call from this side, and informs the member. */
  #refuse(status: CallStatus): void {
    if (this.#ended) return;
    this.status(status);
    this.#service.cancel(status === DEADLINE_EXCEEDED);
  }

  #contained(action: () => void): void {
    this.#containment.run(this, action, undefined);
  }

  #end(): void {
    this.#ended = true;
    this.#cancelDeadline?.();
  }

  #flush(): void {
    if (this.#pending.length === 0 || isGone(this.#stream)) return;
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

/**
 * Nothing more can be sent on it. A stream that the client has reset is closed for a while before it is
 * destroyed.
 */
function isGone(stream: ServerHttp2Stream): boolean {
  return stream.destroyed || stream.closed;
}
