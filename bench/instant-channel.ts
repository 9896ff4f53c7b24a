/**
 * The upper bound for any simulation of the channel: the real etcd3 client over a channel that answers every
 * unary call with the same bytes in the same turn of the event loop.
 */
import { Metadata, status as Status, type ChannelInterface, type ChannelOptions } from '@grpc/grpc-js';

type GrpcCall = ReturnType<ChannelInterface['createCall']>;
type GrpcListener = Parameters<GrpcCall['start']>[1];

/** gRPC options whose channel answers every unary call with `reply`. */
export function instantChannel(reply: Buffer): ChannelOptions {
  const channel: ChannelInterface = {
    close: () => undefined,
    getTarget: () => 'instant',
    getConnectivityState: () => 2,
    watchConnectivityState: () => undefined,
    getChannelzRef: () =>
      ({ kind: 'channel', id: 0, name: 'instant' }) as ReturnType<ChannelInterface['getChannelzRef']>,
    createCall: () => new InstantCall(reply),
  };
  const options: { channelFactoryOverride: () => ChannelInterface } = {
    channelFactoryOverride: () => channel,
  };
  return options;
}

class InstantCall implements GrpcCall {
  #listener: GrpcListener | undefined;

  constructor(private readonly reply: Buffer) {}

  start(_metadata: Metadata, listener: GrpcListener): void {
    this.#listener = listener;
  }

  sendMessageWithContext(): void {
    return;
  }

  startRead(): void {
    return;
  }

  halfClose(): void {
    process.nextTick(() => {
      this.#listener?.onReceiveMetadata(new Metadata());
      this.#listener?.onReceiveMessage(this.reply);
      this.#listener?.onReceiveStatus({ code: Status.OK, details: 'OK', metadata: new Metadata() });
    });
  }

  cancelWithStatus(): void {
    return;
  }

  getPeer(): string {
    return 'instant';
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
}
