/**
 * Looks on at calls where a client makes them, whatever channel is under it: a simulated one, or grpc-js's own.
 * Invariant: a call that is looked on at takes the course that it would have taken, unless the look refuses what it
 * sends; then nothing of it is sent.
 */
import { Metadata, type ChannelInterface } from '@grpc/grpc-js';
import type { CallStatus } from '../etcd/call-status.js';

type GrpcCall = ReturnType<ChannelInterface['createCall']>;
type GrpcListener = Parameters<GrpcCall['start']>[1];
type MessageContext = Parameters<GrpcCall['sendMessageWithContext']>[0];

/** Looks on at one call. */
export interface CallLook {
  /** The client hands over a message. @returns the status that refuses it; undefined where it may go on */
  sent?(bytes: Uint8Array): CallStatus | undefined;
  /** A message has arrived at the client. */
  received?(bytes: Uint8Array): void;
  /** The client is told the end. */
  ended?(status: CallStatus): void;
}

/**
 * From now on the calls of the channel are looked on at.
 *
 * @param begin told of a method when a call of it begins, while the code that makes it runs; gives nothing where the
 *   call does not matter
 */
export function lookOn<C extends ChannelInterface>(
  channel: C,
  begin: (method: string) => CallLook | undefined,
): C {
  const createCall = channel.createCall.bind(channel);
  channel.createCall = (method, ...rest) => {
    const look = begin(method);
    const call = createCall(method, ...rest);
    return look === undefined ? call : new ObservedCall(call, look);
  };
  return channel;
}

class ObservedCall implements GrpcCall {
  readonly #call: GrpcCall;
  readonly #look: CallLook;
  #listener: GrpcListener | undefined;
  #refused = false;

  constructor(call: GrpcCall, look: CallLook) {
    this.#call = call;
    this.#look = look;
  }

  start(metadata: Metadata, listener: GrpcListener): void {
    const look = this.#look;
    this.#listener = listener;
    this.#call.start(metadata, {
      onReceiveMetadata: (received) => {
        if (!this.#refused) listener.onReceiveMetadata(received);
      },
      onReceiveMessage: (message: Uint8Array) => {
        if (this.#refused) return;
        look.received?.(message);
        listener.onReceiveMessage(message);
      },
      onReceiveStatus: (status) => {
        if (this.#refused) return;
        look.ended?.(status);
        listener.onReceiveStatus(status);
      },
    });
  }

  sendMessageWithContext(context: MessageContext, message: Buffer): void {
    if (this.#refused) return;
    const refusal = this.#look.sent?.(message);
    if (refusal === undefined) {
      this.#call.sendMessageWithContext(context, message);
      return;
    }
    this.#refused = true;
    this.#call.cancelWithStatus(refusal.code, refusal.details);
    this.#look.ended?.(refusal);
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
