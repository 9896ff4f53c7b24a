/**
 * A gRPC channel to an etcd in the same process. Requests are applied at once, and replies arrive when
 * fast-check's scheduler says so. Invariant: the messages of one stream arrive in order; a lost reply was
 * applied.
 */
import { Metadata, status as Status, type ChannelInterface, type ChannelOptions } from '@grpc/grpc-js';
import type { EtcdMember, ServerCall } from '../../../sim/etcd/service.js';
import type { CallStatus } from '../../../sim/etcd/call-status.js';

type GrpcCall = ReturnType<ChannelInterface['createCall']>;
type GrpcListener = Parameters<GrpcCall['start']>[1];
type ChannelzRef = ReturnType<ChannelInterface['getChannelzRef']>;

/** Decides when a reply arrives, and whether it does. */
export interface Delivery {
  /** Resolves when the named reply may arrive; never if the run is over. */
  next(label: string): Promise<unknown>;
  /** Called once for each unary call, when its reply is available. */
  isLost(): boolean;
}

const READY = 2;
const LOST: CallStatus = { code: Status.UNAVAILABLE, details: 'Connection dropped' };
const STREAMING = /\/(Watch|LeaseKeepAlive|Snapshot|Observe)$/;

/** Options that make a client of etcd3 call this member, from the node of this name. */
export function scheduledChannel(member: EtcdMember, node: string, delivery: Delivery): ChannelOptions {
  const channel: ChannelInterface = {
    close: () => undefined,
    getTarget: () => member.name,
    getConnectivityState: () => READY,
    watchConnectivityState: () => undefined,
    getChannelzRef: () => ({ kind: 'channel', id: 0, name: member.name }) as ChannelzRef,
    createCall: (method) => new ScheduledCall(member, method, node, delivery),
  };
  const options: { channelFactoryOverride: () => ChannelInterface } = {
    channelFactoryOverride: () => channel,
  };
  return options;
}

class ScheduledCall implements GrpcCall {
  readonly #member: EtcdMember;
  readonly #method: string;
  readonly #label: string;
  readonly #delivery: Delivery;
  readonly #inbox: Uint8Array[] = [];
  #reply: Uint8Array[] = [];
  #listener: GrpcListener | undefined;
  #server: ServerCall | undefined;
  #status: CallStatus | undefined;
  /** After everything that came before. */
  #before: Promise<unknown> = Promise.resolve();
  #reads = 0;
  #receivedAny = false;
  #ended = false;

  constructor(member: EtcdMember, method: string, node: string, delivery: Delivery) {
    this.#member = member;
    this.#method = method;
    this.#label = `${node} ${method.split('/').at(-1) ?? ''}`;
    this.#delivery = delivery;
  }

  start(metadata: Metadata, listener: GrpcListener): void {
    this.#listener = listener;
    const text = Object.entries(metadata.getMap()).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    const isStream = STREAMING.test(this.#method);
    this.#server = this.#member.open(this.#method, new Map(text), {
      message: (bytes) => (isStream ? this.#comeLater([bytes], undefined) : void this.#reply.push(bytes)),
      status: (status) => {
        if (isStream) this.#comeLater([], status);
        else if (this.#delivery.isLost()) this.#comeLater([], LOST);
        else this.#comeLater(this.#reply, status);
      },
    });
  }

  sendMessageWithContext(context: { callback?: (error?: Error | null) => void }, message: Buffer): void {
    this.#server?.message(message);
    if (context.callback !== undefined) process.nextTick(context.callback);
  }

  halfClose(): void {
    this.#server?.halfClose();
  }

  startRead(): void {
    this.#reads++;
    process.nextTick(() => this.#deliver());
  }

  cancelWithStatus(code: Status, details: string): void {
    if (this.#ended) return;
    this.#server?.cancel();
    this.#inbox.length = 0;
    this.#status = { code, details };
    process.nextTick(() => this.#deliver());
  }

  getPeer(): string {
    return this.#member.name;
  }

  getCallNumber(): number {
    return 0;
  }

  setCredentials(): void {
    return;
  }

  getAuthContext(): null {
    return null;
  }

  #comeLater(messages: readonly Uint8Array[], status: CallStatus | undefined): void {
    this.#before = this.#before
      .then(() => (this.#ended ? undefined : this.#delivery.next(this.#label)))
      .then(() => {
        // It may have been cancelled in the meantime.
        if (this.#status !== undefined) return;
        this.#inbox.push(...messages);
        this.#status = status;
        this.#deliver();
      });
  }

  #deliver(): void {
    while (!this.#ended && this.#reads > 0 && this.#inbox.length > 0) {
      this.#reads--;
      if (!this.#receivedAny) this.#listener?.onReceiveMetadata(new Metadata());
      this.#receivedAny = true;
      this.#listener?.onReceiveMessage(Buffer.from(this.#inbox.shift() ?? []));
    }
    if (this.#ended || this.#status === undefined || this.#inbox.length > 0) return;
    this.#ended = true;
    this.#listener?.onReceiveStatus({ ...this.#status, metadata: new Metadata() });
  }
}
