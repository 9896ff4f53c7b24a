/**
 * Intercepts calls where a client makes them, on any channel: a simulated one, or grpc-js's own. Invariant:
 * an intercepted call takes its usual course, unless the interceptor refuses a message; then nothing of the
 * call is sent.
 */
import { Metadata, type ChannelInterface } from '@grpc/grpc-js';
import type { CallStatus } from '../etcd/call-status.js';

type GrpcCall = ReturnType<ChannelInterface['createCall']>;
type GrpcListener = Parameters<GrpcCall['start']>[1];
type MessageContext = Parameters<GrpcCall['sendMessageWithContext']>[0];

/** Watches one call, and may refuse what it sends. */
export interface CallInterceptor {
  /** The client sends a message. @returns the status that refuses it; undefined to let it pass */
  sent?(bytes: Uint8Array): CallStatus | undefined;
  /** A message has arrived at the client. */
  received?(bytes: Uint8Array): void;
  /** The client learns the end. */
  ended?(status: CallStatus): void;
}

/** Two that watch the same call, the first of which may refuse what it sends. */
export function both(
  one: CallInterceptor | undefined,
  other: CallInterceptor | undefined,
): CallInterceptor | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    sent: (bytes) => one.sent?.(bytes) ?? other.sent?.(bytes),
    received(bytes) {
      one.received?.(bytes);
      other.received?.(bytes);
    },
    ended(status) {
      one.ended?.(status);
      other.ended?.(status);
    },
  };
}

/**
 * From now on the calls of the channel are intercepted.
 *
 * @param begin hears the method of every call as it begins, while the code that makes it runs; returns
 * undefined for a call
 *   that need not be watched
 */
export function interceptCalls<C extends ChannelInterface>(
  channel: C,
  begin: (method: string) => CallInterceptor | undefined,
): C {
  const createCall = channel.createCall.bind(channel);
  channel.createCall = (method, ...rest) => {
    const interceptor = begin(method);
    const call = createCall(method, ...rest);
    return interceptor === undefined ? call : new InterceptedCall(call, interceptor);
  };
  return channel;
}

class InterceptedCall implements GrpcCall {
  readonly #call: GrpcCall;
  readonly #interceptor: CallInterceptor;
  #listener: GrpcListener | undefined;
  #refused = false;

  constructor(call: GrpcCall, interceptor: CallInterceptor) {
    this.#call = call;
    this.#interceptor = interceptor;
  }

  start(metadata: Metadata, listener: GrpcListener): void {
    const interceptor = this.#interceptor;
    this.#listener = listener;
    this.#call.start(metadata, {
      onReceiveMetadata: (received) => {
        if (!this.#refused) listener.onReceiveMetadata(received);
      },
      onReceiveMessage: (message: Uint8Array) => {
        if (this.#refused) return;
        interceptor.received?.(message);
        listener.onReceiveMessage(message);
      },
      onReceiveStatus: (status) => {
        if (this.#refused) return;
        interceptor.ended?.(status);
        listener.onReceiveStatus(status);
      },
    });
  }

  sendMessageWithContext(context: MessageContext, message: Buffer): void {
    if (this.#refused) return;
    const refusal = this.#interceptor.sent?.(message);
    if (refusal === undefined) {
      this.#call.sendMessageWithContext(context, message);
      return;
    }
    this.#refused = true;
    this.#call.cancelWithStatus(refusal.code, refusal.details);
    this.#interceptor.ended?.(refusal);
    process.nextTick(() => this.#listener?.onReceiveStatus({ ...refusal, metadata: new Metadata() }));
  }

  halfClose(): void {
    if (!this.#refused) this.#call.halfClose();
  }

  cancelWithStatus(...status: Parameters<GrpcCall['cancelWithStatus']>): void {
    this.#call.cancelWithStatus(...status);
  }

  getPeer(): string {
    return this.#call.getPeer();
  }

  startRead(): void {
    this.#call.startRead();
  }

  getCallNumber(): number {
    return this.#call.getCallNumber();
  }

  setCredentials(credentials: Parameters<GrpcCall['setCredentials']>[0]): void {
    this.#call.setCredentials(credentials);
  }

  getAuthContext(): ReturnType<GrpcCall['getAuthContext']> {
    return this.#call.getAuthContext();
  }
}
