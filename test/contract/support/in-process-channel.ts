/**
 * A gRPC channel to a member in the same process: clients of grpc-js run unchanged, without a wire. Messages
 * arrive one per read, then one status, as in grpc-js.
 */
import { Metadata, type ChannelInterface, type ChannelOptions, type status as Status } from '@grpc/grpc-js';
import type { EtcdMember, ServerCall } from '../../../sim/etcd/service.js';
import type { CallStatus } from '../../../sim/etcd/call-status.js';

type GrpcCall = ReturnType<ChannelInterface['createCall']>;
type GrpcListener = Parameters<GrpcCall['start']>[1];
type ChannelzRef = ReturnType<ChannelInterface['getChannelzRef']>;

const READY = 2;

/** How many messages may wait for a client that does not read. */
const WAITING_MESSAGES_MAX = 128;

/** Options that make a client of grpc-js, and therefore etcd3, call this member. */
export function channelTo(member: EtcdMember): ChannelOptions {
  const channel: ChannelInterface = {
    close: () => undefined,
    getTarget: () => member.name,
    getConnectivityState: () => READY,
    watchConnectivityState: () => undefined,
    getChannelzRef: () => ({ kind: 'channel', id: 0, name: member.name }) as ChannelzRef,
    createCall: (method) => new InProcessCall(member, method),
  };
  const options: { channelFactoryOverride: () => ChannelInterface } = {
    channelFactoryOverride: () => channel,
  };
  return options;
}

class InProcessCall implements GrpcCall {
  readonly #member: EtcdMember;
  readonly #method: string;
  readonly #inbox: Uint8Array[] = [];
  #listener: GrpcListener | undefined;
  #server: ServerCall | undefined;
  #status: CallStatus | undefined;
  #reads = 0;
  #receivedAny = false;
  #ended = false;

  constructor(member: EtcdMember, method: string) {
    this.#member = member;
    this.#method = method;
  }

  start(metadata: Metadata, listener: GrpcListener): void {
    this.#listener = listener;
    const text = Object.entries(metadata.getMap()).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    this.#server = this.#member.open(this.#method, new Map(text), {
      message: (bytes) => this.#inbox.push(bytes) && this.#deliverSoon(),
      status: (status) => {
        this.#status = status;
        this.#deliverSoon();
      },
      isFull: () => this.#inbox.length >= WAITING_MESSAGES_MAX,
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
    this.#deliverSoon();
  }

  cancelWithStatus(code: Status, details: string): void {
    if (this.#ended) return;
    this.#server?.cancel();
    this.#inbox.length = 0;
    this.#status = { code, details };
    this.#deliverSoon();
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

  /** Never in the turn of the client's call, as on a wire. */
  #deliverSoon(): void {
    process.nextTick(() => this.#deliver());
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
