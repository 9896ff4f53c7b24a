/**
 * A gRPC call as grpc-js clients drive it: messages are handed over one per `startRead`, then one status. What is
 * sent in one go leaves as one message. Invariant: the listener gets exactly one status, and nothing after it.
 */
import { Metadata, status as Status, type ChannelInterface, type Deadline } from '@grpc/grpc-js';
import type { CallStatus } from '../etcd/service.js';
import type { SimulatedChannel } from './channel.js';
import type { Exchange, ExchangeListener } from './exchange.js';

type GrpcCall = ReturnType<ChannelInterface['createCall']>;
type GrpcListener = Parameters<GrpcCall['start']>[1];

export class SimulatedCall implements GrpcCall, ExchangeListener {
  readonly #channel: SimulatedChannel;
  readonly #method: string;
  readonly #deadline: Deadline;
  readonly #number: number;
  #listener: GrpcListener | undefined;
  #exchange: Exchange | undefined;
  #cancelDeadline: (() => void) | undefined;
  #departed = false;
  #reads = 0;
  #receivedAny = false;
  readonly #inbox: Uint8Array[] = [];
  #status: CallStatus | undefined;
  #ended = false;

  constructor(channel: SimulatedChannel, method: string, deadline: Deadline, number: number) {
    this.#channel = channel;
    this.#method = method;
    this.#deadline = deadline;
    this.#number = number;
  }

  start(metadata: Metadata, listener: GrpcListener): void {
    this.#listener = listener;
    this.#exchange = this.#channel.exchange(this.#method, metadata, this.#number, this);
    this.#armDeadline();
    process.nextTick(() => this.#depart());
  }

  sendMessageWithContext(context: { callback?: (error?: Error | null) => void }, message: Buffer): void {
    this.#exchange?.message(message);
    if (this.#departed) this.#exchange?.flush();
    if (context.callback !== undefined) process.nextTick(context.callback);
  }

  halfClose(): void {
    this.#exchange?.halfClose();
    if (this.#departed) this.#exchange?.flush();
    else this.#depart();
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
    return this.#channel.getTarget();
  }

  getCallNumber(): number {
    return this.#number;
  }

  // Per-call credentials only add metadata on a real wire; etcd3 sends its token as plain metadata instead.
  setCredentials(): void {
    return;
  }

  getAuthContext(): null {
    return null;
  }

  /** A message has arrived. */
  message(bytes: Uint8Array): void {
    this.#inbox.push(bytes);
    this.#deliver();
  }

  /** The end has arrived. */
  status(status: CallStatus): void {
    this.#status = status;
    this.#deliver();
  }

  #depart(): void {
    if (this.#departed || this.#ended) return;
    this.#departed = true;
    if (this.#exchange !== undefined) this.#channel.attach(this.#exchange, this);
    else
      this.status({
        code: Status.UNAVAILABLE,
        details: `Name resolution failed for target ${this.getPeer()}`,
      });
  }

  #deliver(): void {
    while (!this.#ended && this.#reads > 0) {
      const bytes = this.#inbox.shift();
      if (bytes === undefined) break;
      this.#reads--;
      if (!this.#receivedAny) {
        this.#receivedAny = true;
        this.#listener?.onReceiveMetadata(new Metadata());
      }
      this.#listener?.onReceiveMessage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    }
    if (this.#ended || this.#status === undefined || this.#inbox.length > 0) return;
    this.#end();
    this.#listener?.onReceiveStatus({
      code: this.#status.code,
      details: this.#status.details,
      metadata: new Metadata(),
    });
  }

  #end(): void {
    this.#ended = true;
    this.#cancelDeadline?.();
  }

  #armDeadline(): void {
    const { node } = this.#channel;
    const untilMs = typeof this.#deadline === 'number' ? this.#deadline : this.#deadline.getTime();
    if (untilMs === Infinity) return;
    const nowMs = node.wallClockMs();
    const remainingMs = Math.max(0, Math.ceil(untilMs - nowMs));
    this.#cancelDeadline = node.engine.schedule(
      node.timerLane,
      remainingMs * 1000,
      'call deadline',
      () =>
        this.cancelWithStatus(
          Status.DEADLINE_EXCEEDED,
          `Deadline exceeded after ${(node.wallClockMs() - nowMs) / 1000}s,remote_addr=${this.getPeer()}`,
        ),
      node,
    );
  }
}
