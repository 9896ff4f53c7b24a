/**
 * The server's side of a call to a node: what grpc-js's own handlers drive, over a sink of the simulated network instead
 * of an HTTP/2 stream. Invariant: the handler gets one event for each `startRead`, and the sink gets one status at most.
 */
import type { Metadata, status as Status } from '@grpc/grpc-js';
import type { PartialStatusObject } from '@grpc/grpc-js/build/src/call-interface.js';
import type { Handler } from '@grpc/grpc-js/build/src/server-call.js';
import type {
  InterceptingServerListener,
  ServerInterceptingCallInterface,
} from '@grpc/grpc-js/build/src/server-interceptors.js';
import { CODE } from '../../etcd/errors.js';
import type { ServerCall } from '../../etcd/service.js';
import { Headers, type PeerSink } from './headers.js';
import { withTrailers } from './trailers.js';

export interface ServedCallRequest {
  readonly handler: Handler<unknown, unknown>;
  readonly metadata: Metadata;
  readonly sink: PeerSink;
  /** The node that calls. */
  readonly peer: string;
  /** The address that it called, such as `b:50051`. */
  readonly host: string;
  /** In milliseconds on the wall clock of the node that serves; infinite where there is none. */
  readonly deadline: number;
  /** Called once when the call has ended for the server. */
  readonly onEnd: () => void;
}

export class ServedCall implements ServerInterceptingCallInterface, ServerCall {
  readonly #request: ServedCallRequest;
  #listener: InterceptingServerListener | undefined;
  /** Messages that wait for a read; `end` is the last. */
  readonly #inbox: (Uint8Array | 'end')[] = [];
  #isReading = false;
  /** The client has got its metadata, or its first message. */
  #hasHeaders = false;
  #isOver = false;

  constructor(request: ServedCallRequest) {
    this.#request = request;
  }

  start(listener: InterceptingServerListener): void {
    this.#listener = listener;
    process.nextTick(() => {
      if (!this.#isOver) listener.onReceiveMetadata(this.#request.metadata);
    });
  }

  startRead(): void {
    this.#isReading = true;
    this.#deliver();
  }

  sendMetadata(metadata: Metadata): void {
    if (this.#isOver || this.#hasHeaders) return;
    this.#hasHeaders = true;
    this.#request.sink.headers?.(new Headers(metadata));
  }

  sendMessage(message: unknown, callback: () => void): void {
    if (this.#isOver) return;
    let bytes: Uint8Array;
    try {
      bytes = this.#request.handler.serialize(message);
    } catch (error) {
      this.sendStatus({ code: CODE.internal, details: `Error serializing response: ${wordsOf(error)}` });
      return;
    }
    this.#hasHeaders = true;
    this.#request.sink.message(bytes);
    process.nextTick(callback);
  }

  sendStatus({ code, details, metadata }: PartialStatusObject): void {
    if (this.#isOver) return;
    this.#end();
    this.#request.sink.status(withTrailers({ code, details }, metadata ?? undefined));
  }

  getPeer(): string {
    return this.#request.peer;
  }

  getHost(): string {
    return this.#request.host;
  }

  getDeadline(): number {
    return this.#request.deadline;
  }

  getAuthContext(): ReturnType<ServerInterceptingCallInterface['getAuthContext']> {
    return {};
  }

  getConnectionInfo(): ReturnType<ServerInterceptingCallInterface['getConnectionInfo']> {
    return { localAddress: this.#request.host, remoteAddress: this.#request.peer };
  }

  getMetricsRecorder(): never {
    throw new Error('a server in a simulated node records no metrics of its calls');
  }

  message(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#inbox.push(bytes);
    this.#deliver();
  }

  halfClose(): void {
    if (this.#isOver) return;
    this.#inbox.push('end');
    this.#deliver();
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#end();
    process.nextTick(() => this.#listener?.onCancel());
  }

  #deliver(): void {
    if (!this.#isReading || this.#listener === undefined) return;
    const next = this.#inbox.shift();
    if (next === undefined) return;
    this.#isReading = false;
    if (next === 'end') {
      this.#listener.onReceiveHalfClose();
      return;
    }
    let message: unknown;
    try {
      message = this.#request.handler.deserialize(Buffer.from(next));
    } catch (error) {
      this.sendStatus({ code: CODE.internal, details: `Error deserializing request: ${wordsOf(error)}` });
      return;
    }
    this.#listener.onReceiveMessage(message);
  }

  #end(): void {
    this.#isOver = true;
    this.#request.onEnd();
  }
}

/** What grpc-js ends a call with whose method no server has. */
export function unimplemented(method: string): { readonly code: Status; readonly details: string } {
  return { code: CODE.unimplemented, details: `The server does not implement the method ${method}` };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
