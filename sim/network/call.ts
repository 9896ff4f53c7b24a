/**
 * A gRPC call as grpc-js clients drive it: messages are handed over one per `startRead`, then one status.
 * Parts that are sent together leave as one message. Invariant: the listener gets exactly one status, and
 * nothing after it.
 */
import {
  Metadata,
  status as Status,
  type CallCredentials,
  type ChannelInterface,
  type Deadline,
} from '@grpc/grpc-js';
import { CODE } from '../etcd/errors.js';
import type { VirtualNode } from '../engine/node.js';
import type { CallStatus } from '../etcd/call-status.js';
import { CallDeadline } from './deadline.js';
import type { Exchange, ExchangeListener } from './exchange.js';
import type { MessageLimits } from './message-limits.js';
import type { Headers } from './peers/headers.js';
import { trailersOf } from './peers/trailers.js';
import { textMetadata } from './text-metadata.js';

type GrpcCall = ReturnType<ChannelInterface['createCall']>;
type GrpcListener = Parameters<GrpcCall['start']>[1];

/** A call that waits for the connection. */
export interface WaitingCall extends ExchangeListener {
  readonly waitForReady: boolean;
  /** The exchange has begun, at this moment. */
  onPicked(): void;
}

/** The channel of a call, as the call uses it. */
export interface CallChannel {
  readonly node: VirtualNode;
  readonly limits: MessageLimits;
  getTarget(): string;
  /** The way of a call that has just started; undefined if the target's name is unknown. */
  exchange(
    method: string,
    metadata: Metadata,
    number: number,
    listener: ExchangeListener,
    remainingMs: () => number,
  ): Exchange | undefined;
  /** Connects the call, now that it holds everything it sends at once. */
  attach(exchange: Exchange, call: WaitingCall): void;
  /** A call that this channel made has ended. */
  onCallEnd(): void;
}

export class SimulatedCall implements GrpcCall, WaitingCall {
  readonly #channel: CallChannel;
  readonly #method: string;
  readonly #number: number;
  readonly #deadline: CallDeadline;
  #listener: GrpcListener | undefined;
  #credentials: CallCredentials | undefined;
  #exchange: Exchange | undefined;
  #waitForReady = false;
  #departed = false;
  #reads = 0;
  #hasHeaders = false;
  readonly #inbox: Uint8Array[] = [];
  #status: CallStatus | undefined;
  #ended = false;

  constructor(channel: CallChannel, method: string, deadline: Deadline, number: number) {
    this.#channel = channel;
    this.#method = method;
    this.#number = number;
    this.#deadline = new CallDeadline(channel.node, deadline);
  }

  get waitForReady(): boolean {
    return this.#waitForReady;
  }

  start(metadata: Metadata, listener: GrpcListener): void {
    this.#listener = listener;
    this.#waitForReady = metadata.getOptions().waitForReady === true;
    this.#deadline.arm(() =>
      this.cancelWithStatus(Status.DEADLINE_EXCEEDED, this.#deadline.describe(this.getPeer(), this)),
    );
    const remainingMs = (): number => this.#deadline.remainingMs;
    this.#exchange = this.#channel.exchange(this.#method, metadata, this.#number, this, remainingMs);
    if (this.#credentials === undefined) process.nextTick(() => this.#depart());
    else void this.#departWith(this.#credentials, metadata);
  }

  sendMessageWithContext(context: { callback?: (error?: Error | null) => void }, message: Buffer): void {
    const refusal = this.#channel.limits.refuseSent(message.length);
    if (refusal !== undefined) {
      this.cancelWithStatus(refusal.code, refusal.details);
      return;
    }
    this.#exchange?.message(message);
    if (this.#departed) this.#exchange?.flush();
    if (context.callback !== undefined) process.nextTick(context.callback);
  }

  halfClose(): void {
    this.#exchange?.halfClose();
    if (this.#departed) this.#exchange?.flush();
  }

  startRead(): void {
    this.#reads++;
    this.#deliver();
  }

  cancelWithStatus(code: Status, details: string): void {
    if (this.#ended) return;
    this.#exchange?.cancel();
    this.#inbox.length = 0;
    this.#end();
    process.nextTick(() => this.#listener?.onReceiveStatus({ code, details, metadata: new Metadata() }));
  }

  getPeer(): string {
    return this.#channel.getTarget().replace(/^dns:(\/\/\/)?/, '');
  }

  getCallNumber(): number {
    return this.#number;
  }

  setCredentials(credentials: CallCredentials): void {
    this.#credentials = credentials;
  }

  getAuthContext(): null {
    return null;
  }

  onPicked(): void {
    this.#deadline.onPicked();
  }

  /** What precedes the first message has arrived. */
  headers({ metadata }: Headers): void {
    if (this.#ended || this.#hasHeaders) return;
    this.#hasHeaders = true;
    this.#listener?.onReceiveMetadata(metadata);
  }

  /** A message has arrived. */
  message(bytes: Uint8Array): void {
    const refusal = this.#channel.limits.refuseReceived(bytes.length);
    if (refusal !== undefined) {
      this.cancelWithStatus(refusal.code, refusal.details);
      return;
    }
    this.#inbox.push(bytes);
    this.#deliver();
  }

  /** The end has arrived. */
  status(status: CallStatus): void {
    this.#status = status;
    // grpc-js reports an error at once, even if part of the answer is unread.
    if (status.code !== CODE.ok) this.#inbox.length = 0;
    this.#deliver();
  }

  /** Call credentials add their metadata asynchronously. */
  async #departWith(credentials: CallCredentials, metadata: Metadata): Promise<void> {
    const [, service = ''] = this.#method.split('/');
    const context = { method_name: this.#method, service_url: `https://${this.getPeer()}/${service}` };
    const merged = metadata.clone();
    try {
      merged.merge(await credentials.generateMetadata(context));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.cancelWithStatus(Status.UNKNOWN, `Getting metadata from plugin failed with error: ${reason}`);
      return;
    }
    if (this.#exchange !== undefined) this.#exchange.metadata = textMetadata(merged);
    this.#depart();
  }

  #depart(): void {
    if (this.#departed || this.#ended) return;
    this.#departed = true;
    if (this.#exchange !== undefined) this.#channel.attach(this.#exchange, this);
    else
      this.status({
        code: Status.UNAVAILABLE,
        details: `Name resolution failed for target ${this.#channel.getTarget()}`,
      });
  }

  #deliver(): void {
    while (!this.#ended && this.#reads > 0) {
      const bytes = this.#inbox.shift();
      if (bytes === undefined) break;
      this.#reads--;
      if (!this.#hasHeaders) {
        this.#hasHeaders = true;
        this.#listener?.onReceiveMetadata(new Metadata());
      }
      this.#listener?.onReceiveMessage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    }
    if (this.#ended || this.#status === undefined || this.#inbox.length > 0) return;
    this.#end();
    const { code, details } = this.#status;
    this.#listener?.onReceiveStatus({ code, details, metadata: trailersOf(this.#status) ?? new Metadata() });
  }

  #end(): void {
    this.#ended = true;
    this.#deadline.disarm();
    this.#channel.onCallEnd();
  }
}
